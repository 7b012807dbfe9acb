import type { conflicts as zhCN } from '../zh-CN/conflicts.ts'

export const conflicts: Record<keyof typeof zhCN, string> = {
  'conflicts.of': 'Check',
  'conflicts.of.vendor_zones': 'Trading zones',
  'conflicts.of.bays': 'Bays',
  'conflicts.what.vendor_zones': 'trading zones',
  'conflicts.what.bays': 'bays',
  'conflicts.summary':
    '{checked} {what} checked: {hard, plural, one {# hard conflict} other {# hard conflicts}}, {warnings, plural, one {# warning} other {# warnings}}',
  'conflicts.clean': '{count} without any conflict',
  'conflicts.against.vendor_zones':
    'Compared in space and in time with bays, fire lanes, other zones, shop frontages, kerb objects, buildings and the community’s boundary.',
  'conflicts.against.bays':
    'Compared in space and in time with other bays, trading zones, fire lanes, kerb objects, buildings, street widths and the community’s boundary.',
  'conflicts.pack': 'Rule pack: {name}, version {version}',

  'conflicts.filters': 'Filters',
  'conflicts.severity': 'Severity',
  'conflicts.severity.all': 'All',
  'conflicts.severity.hard': 'Hard',
  'conflicts.severity.warning': 'Warnings',
  'conflicts.rule': 'Rule',
  'conflicts.rule.all': 'All rules',
  'conflicts.rule.option': '{id} {title} ({count})',
  'conflicts.time': 'When',
  'conflicts.time.day': 'Day',
  'conflicts.time.hour': 'Hour',
  'conflicts.clear': 'Clear filters',
  'conflicts.shown': '{count} of {total} shown',

  'conflicts.list': 'Conflicts by place',
  'conflicts.more': 'Show {count} more',

  'conflicts.hard_count': '{count} hard',
  'conflicts.warning_count': '{count, plural, one {# warning} other {# warnings}}',
  'conflicts.time.any_day': 'Any day',
  'conflicts.time.any_hour': 'Any hour',

  'conflicts.none': 'No conflicts',
  'conflicts.none_detail': '{checked} were checked and none breaks a rule.',
  'conflicts.none_filtered': 'No conflict matches the filters.',
  'conflicts.nothing_to_check': 'There are no {what} to check here yet.',
}
