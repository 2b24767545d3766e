import type { Instant } from '@dialplane/sansio';
import { readXorAddress, readXorAddressAt, sameTransportAddress, type StunMessage, type TransportAddress, transportAddress } from '@dialplane/stun';
import { readChannelNumber } from '../attributes/peer-attributes.ts';
import { firstChannel, lastAcceptedChannel } from '../channel-data.ts';
import { turnAttribute } from '../turn-numbers.ts';
import type { Allocation, Relay } from './allocation.ts';
import type { ReplyTo } from './replies.ts';
import type { ServerCore } from './server-core.ts';

/** The relay of an allocation that reaches a peer's family. */
export function relayTowards(allocation: Allocation, peer: TransportAddress): Relay | undefined {
  return allocation.relays.find((relay) => relay.family === peer.family);
}

/**
 * CreatePermission (RFC 8656 §10.2): all or nothing. No or a malformed XOR-PEER-ADDRESS: 400; a family that is not relayed: 443; a peer that policy
 * forbids: 403; no room: 508.
 */
export function handleCreatePermission(core: ServerCore, allocation: Allocation, request: StunMessage, to: ReplyTo, now: Instant): void {
  const peers: TransportAddress[] = [];
  for (let at = request.find(turnAttribute.xorPeerAddress); at >= 0; at = request.findNext(turnAttribute.xorPeerAddress, at)) {
    const peer = readXorAddressAt(request, at);
    if (peer === undefined) return core.replies.error(to, 400);
    peers.push(transportAddress(peer, 0));
  }
  if (peers.length === 0) return core.replies.error(to, 400);
  if (peers.some((peer) => relayTowards(allocation, peer) === undefined)) return core.replies.error(to, 443);
  if (peers.some((peer) => !core.options.peers.permits(peer, allocation.createdBy.by.username))) return core.replies.error(to, 403);
  for (const relay of allocation.relays) {
    if (!core.table.hasRoomForPermissions(relay, peers.filter((peer) => peer.family === relay.family), now)) return core.replies.error(to, 508);
  }
  for (const peer of peers) {
    const relay = relayTowards(allocation, peer);
    if (relay !== undefined) core.table.installPermission(relay, peer, now);
  }
  core.replies.success(to);
}

/**
 * ChannelBind (RFC 8656 §12.2). An attribute missing, a number outside 0x4000..0x7ffe, number or peer bound otherwise: 400; then as for
 * CreatePermission. A TCP allocation has no channels (RFC 6062 §3): 400.
 */
export function handleChannelBind(core: ServerCore, allocation: Allocation, request: StunMessage, to: ReplyTo, now: Instant): void {
  const number = readChannelNumber(request);
  const peer = readXorAddress(request, turnAttribute.xorPeerAddress);
  if (number === undefined || peer === undefined || number < firstChannel || number > lastAcceptedChannel || allocation.transport !== 'udp') return core.replies.error(to, 400);
  const relay = relayTowards(allocation, peer);
  if (relay !== undefined) {
    for (const each of allocation.relays) core.table.purge(each, now);
    const boundPeer = allocation.channels.get(number)?.peer;
    const boundNumber = core.table.channelOfPeer(relay.id, peer, now)?.number;
    if ((boundPeer !== undefined && !sameTransportAddress(boundPeer, peer)) || (boundNumber !== undefined && boundNumber !== number)) return core.replies.error(to, 400);
  }
  if (relay === undefined) return core.replies.error(to, 443);
  if (!core.options.peers.permits(peer, allocation.createdBy.by.username)) return core.replies.error(to, 403);
  const hasRoom = allocation.channels.has(number) || relay.channels.length < core.limits.channelsPerRelay;
  if (!hasRoom || !core.table.hasRoomForPermissions(relay, [peer], now)) return core.replies.error(to, 508);
  core.table.bindChannel(relay, number, peer, now);
  core.replies.success(to);
}
