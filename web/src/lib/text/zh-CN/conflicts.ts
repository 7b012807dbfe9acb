/** Where uses of the street get into each other's way. */
export const conflicts = {
  'conflicts.of': '检查对象',
  'conflicts.of.vendor_zones': '经营区',
  'conflicts.of.bays': '车位',
  'conflicts.what.vendor_zones': '经营区',
  'conflicts.what.bays': '车位',
  'conflicts.summary': '已检查 {checked} 处{what}：{hard} 项硬性冲突，{warnings} 项提醒',
  'conflicts.clean': '{count} 处没有任何冲突',
  'conflicts.against.vendor_zones':
    '与车位、消防通道、其他经营区、店铺门前、路侧设施、建筑及社区边界逐一比对，空间和时段都算。',
  'conflicts.against.bays':
    '与其他车位、经营区、消防通道、路侧设施、建筑、街道宽度及社区边界逐一比对，空间和时段都算。',
  'conflicts.pack': '规则包：{name}，第 {version} 版',

  'conflicts.filters': '筛选',
  'conflicts.severity': '严重程度',
  'conflicts.severity.all': '全部',
  'conflicts.severity.hard': '硬性冲突',
  'conflicts.severity.warning': '提醒',
  'conflicts.rule': '规则',
  'conflicts.rule.all': '全部规则',
  'conflicts.rule.option': '{id} {title}（{count}）',
  'conflicts.time': '发生时段',
  'conflicts.time.day': '星期',
  'conflicts.time.hour': '时刻',
  'conflicts.clear': '清除筛选',
  'conflicts.shown': '显示 {count} / {total} 项',

  'conflicts.list': '按地点列出的冲突',
  'conflicts.more': '再显示 {count} 处',

  'conflicts.hard_count': '{count} 项硬性',
  'conflicts.warning_count': '{count} 项提醒',
  'conflicts.time.any_day': '任意一天',
  'conflicts.time.any_hour': '任意时刻',

  'conflicts.none': '没有冲突',
  'conflicts.none_detail': '已检查 {checked} 处，没有一处违反规则。',
  'conflicts.none_filtered': '没有符合筛选条件的冲突。',
  'conflicts.nothing_to_check': '这里还没有{what}可以检查。',
}
