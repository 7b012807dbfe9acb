import { lookup } from 'node:dns'
import { Agent } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Ranges that are not the public internet: whoever subscribes names an address that this server will call. */
const OURS = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  OURS.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  OURS.addSubnet(net, bits, 'ipv6')

/** Whether an IP address (v4, v6, v4 within v6) is of the public internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return false
  return !OURS.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** Why a push endpoint cannot be kept; null when it can. Its name is looked up when something is sent. */
export function faultOfEndpoint(endpoint: string): string | null {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null
  if (url?.protocol !== 'https:') return 'must be an https address'
  if (url.username || url.password) return 'must hold no password'
  if (url.port) return 'must be on the usual port'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isName = isIP(host) === 0
  if (!isName && !isPublicAddress(host)) return 'must be a public host'
  if (
    isName &&
    (!host.includes('.') || /\.(local|internal|localhost|lan|home\.arpa)\.?$/i.test(host))
  )
    return 'must be a public host'
  return null
}

/** Looks names up and refuses those of private addresses, at the moment of calling: a name may change its mind. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0)
    const bad = addresses.find(({ address }) => !isPublicAddress(address))
    const first = addresses[0]
    if (bad || !first) return callback(new Error(`${hostname} is no public host`), '', 0)
    if (options.all) return callback(null, addresses)
    callback(null, first.address, first.family)
  })
}

/** For calls to addresses that somebody else named. */
export const publicAgent = (): Agent => new Agent({ lookup: lookupPublic, keepAlive: false })
