import type { Instant } from '@dialplane/sansio';
import { readXorAddress, type StunMessage, type TransportAddress, writeXorAddress } from '@dialplane/stun';
import { type IcmpError, writeIcmp } from '../attributes/peer-attributes.ts';
import { encodeChannelData } from '../channel-data.ts';
import { turnAttribute, turnMethod } from '../turn-numbers.ts';
import { isUsable, packetVerdict } from './packet-relay.ts';
import { relayTowards } from './peer-access.ts';
import type { ClientPath } from './server-input.ts';
import type { ServerCore } from './server-core.ts';

/** ChannelData from a client, for a driver that does not use the fast path itself. `false` when it is no ChannelData. */
export function handleChannelData(core: ServerCore, path: ClientPath, bytes: Uint8Array, now: Instant): boolean {
  const { packets } = core;
  const verdict =
    path.kind === 'datagram' ? packets.fromDatagram(path.listener, path.remote, bytes, 0, bytes.length, now) : packets.fromConnection(path.connection, bytes, 0, bytes.length, now);
  if (verdict === packetVerdict.relayed) {
    const { relay, peer, payloadOffset, payloadLength } = packets.towardsPeer;
    core.emit({ kind: 'sendToPeer', relay, peer, bytes: bytes.slice(payloadOffset, payloadOffset + payloadLength), dontFragment: false });
  }
  return verdict !== packetVerdict.slow;
}

/** Send indication (RFC 8656 §11.2): whatever is wrong with it, it is dropped. Only an existing permission lets it pass. */
export function handleSendIndication(core: ServerCore, path: ClientPath, message: StunMessage, now: Instant): void {
  const allocation = core.table.find(path);
  const peer = readXorAddress(message, turnAttribute.xorPeerAddress);
  const data = message.value(turnAttribute.data);
  if (allocation?.transport !== 'udp' || peer === undefined || data === undefined) return;
  const dontFragment = message.has(turnAttribute.dontFragment);
  if (dontFragment && !core.options.canSetDontFragment) return;
  const relay = relayTowards(allocation, peer);
  if (relay === undefined || !isUsable(relay, now) || core.table.permission(relay.id, peer, now) === undefined) return;
  if (!core.options.peers.permits(peer, allocation.createdBy.by.username)) return;
  if (!core.packets.countTowardsPeer(allocation, data.length, now)) return;
  core.emit({ kind: 'sendToPeer', relay: relay.id, peer, bytes: data.slice(), dontFragment });
}

/** A datagram from a peer (RFC 8656 §11.3): ChannelData where a channel is bound, else a Data indication; without permission nothing. */
export function handleRelayDatagram(core: ServerCore, relayId: number, peer: TransportAddress, data: Uint8Array, now: Instant): void {
  const verdict = core.packets.fromPeer(relayId, peer, data.length, now);
  const relay = core.table.findRelay(relayId);
  if (verdict === packetVerdict.dropped || relay === undefined) return;
  const { path } = relay.allocation.createdBy;
  if (verdict === packetVerdict.relayed) {
    const channel = core.packets.towardsClient.header >>> 16;
    core.emit({ kind: 'sendToClient', path, bytes: encodeChannelData(channel, data, path.kind === 'stream') });
    return;
  }
  const room = 24 + 4 + ((data.length + 3) & ~3);
  if (room > 0xffff || !core.packets.countTowardsClient(relay.allocation, data.length, now)) return;
  core.replies.indication(path, turnMethod.data, core.randomBytes(12), room, (builder) => {
    writeXorAddress(builder, turnAttribute.xorPeerAddress, peer);
    builder.attribute(turnAttribute.data, data);
  });
}

/**
 * An ICMP error about what was sent to a peer (RFC 8656 §11.5): types 3 and 11 of ICMPv4, 1, 2 and 3 of ICMPv6, where a permission for the peer
 * exists. Always a Data indication, even where a channel is bound.
 */
export function handleRelayIcmp(core: ServerCore, relayId: number, peer: TransportAddress, icmp: IcmpError, now: Instant): void {
  const relay = core.table.findRelay(relayId);
  const types = peer.family === 4 ? [3, 11] : [1, 2, 3];
  if (relay === undefined || !types.includes(icmp.type) || !isUsable(relay, now) || core.table.permission(relayId, peer, now) === undefined) return;
  const hasMtu = peer.family === 4 ? icmp.type === 3 && icmp.code === 4 : icmp.type === 2;
  core.replies.indication(relay.allocation.createdBy.path, turnMethod.data, core.randomBytes(12), 36, (builder) => {
    writeXorAddress(builder, turnAttribute.xorPeerAddress, peer);
    writeIcmp(builder, { type: icmp.type, code: icmp.code, data: hasMtu ? icmp.data : 0 });
  });
}
