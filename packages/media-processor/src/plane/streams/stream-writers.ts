import { ExtensionElements, RtpHeaderWriter, RtpPacket, Vp8Descriptor } from '@dialplane/rtp';
import type { ForwardingTables } from '../forwarding/forwarding-tables.ts';
import type { PacketSender } from '../packets/packet-sender.ts';
import { ReceivedPackets } from '../packets/received-packets.ts';
import type { TickPolicy } from '../ticks/tick-policy.ts';

/** What all streams of a process write with, one after the other. */
export class StreamWriters {
  readonly sender: PacketSender;
  readonly ticks: TickPolicy;
  readonly tables: ForwardingTables;
  readonly header = new RtpHeaderWriter();
  readonly vp8 = new Vp8Descriptor();
  /** A packet that has waited, as it is read, and as it is sent. */
  readonly waited = new RtpPacket();
  readonly waitedColumns = new ReceivedPackets();
  readonly noElements = new ExtensionElements();

  constructor(sender: PacketSender, ticks: TickPolicy, tables: ForwardingTables) {
    this.sender = sender;
    this.ticks = ticks;
    this.tables = tables;
  }
}
