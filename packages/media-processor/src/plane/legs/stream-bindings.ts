import { type ExtensionElements, extensionKind, type RtpPacket } from '@dialplane/rtp';
import type { Instant } from '@dialplane/sansio';
import type { ReceivedSection } from './received-section.ts';
import { ReceivedStream } from '../streams/received-stream.ts';

/** SSRCs of one leg at a time. Six layers of pictures with retransmissions, and sound, are half of it. */
const mostBindings = 32;
/** How often a leg may come with another SSRC: a client that changes them without end costs the search each time. */
const mostRebindings = 1_000;

/** What an SSRC stands for. */
export interface StreamBinding {
  readonly ssrc: number;
  readonly stream: ReceivedStream;
  readonly carries: 'media' | 'retransmissions';
}

/**
 * Which stream an SSRC of a leg belongs to (RFC 9143 §9.2): found by what the description says of SSRCs, or by the identifiers in the packet's header extension, or by
 * a payload type that one section alone uses. Looking up one that is known is a short search through integers.
 */
export class StreamBindings {
  /** Those that were heard. */
  streams: readonly ReceivedStream[] = [];
  private readonly ssrcs = new Int32Array(mostBindings);
  private bindings: readonly StreamBinding[] = [];
  private rebindings = 0;

  find(ssrc: number): StreamBinding | undefined {
    const { ssrcs, bindings } = this;
    for (let index = 0; index < bindings.length; index += 1) if (ssrcs[index] === ssrc) return bindings[index];
    return undefined;
  }

  /** Finds out where an SSRC belongs that is not known yet. @returns undefined where nothing says so, or there are too many. */
  bind(packet: RtpPacket, elements: ExtensionElements, sections: readonly ReceivedSection[], now: Instant): StreamBinding | undefined {
    if (this.rebindings === mostRebindings) return undefined;
    const place = placeBySsrc(packet.ssrc, sections) ?? placeByExtensions(packet, elements, sections) ?? placeByPayloadType(packet, sections);
    if (place === undefined) return undefined;
    this.rebindings += 1;
    return place.carries === 'media' ? this.bindMedia(packet, place, now) : this.bindRetransmissions(packet.ssrc, place);
  }

  /** Forgets the streams of sections that are no more. */
  retain(sections: readonly ReceivedSection[]): readonly ReceivedStream[] {
    const gone = this.streams.filter(({ section }) => !sections.includes(section));
    this.replace(this.bindings.filter(({ stream }) => sections.includes(stream.section)));
    return gone;
  }

  private bindMedia(packet: RtpPacket, { section, layer }: StreamPlace, now: Instant): StreamBinding | undefined {
    const codec = section.codecOf(packet.payloadType);
    if (codec === undefined) return undefined;
    const before = section.layers[layer];
    // A client may send a layer with another SSRC from one moment to the next; the former one is over.
    if (before !== undefined) this.replace(this.bindings.filter(({ stream }) => stream !== before));
    if (this.bindings.length >= mostBindings) return undefined;
    const stream = new ReceivedStream(section, packet.ssrc, layer, codec, now);
    stream.rtxSsrc = section.declaredSsrcs.find(({ ssrc }) => (ssrc | 0) === packet.ssrc)?.rtxSsrc;
    section.layers[layer] = stream;
    if (before !== undefined) stream.takeOver(before);
    return this.add({ ssrc: packet.ssrc, stream, carries: 'media' });
  }

  private bindRetransmissions(ssrc: number, { section, layer }: StreamPlace): StreamBinding | undefined {
    const stream = section.layers[layer];
    if (stream === undefined) return undefined;
    this.replace(this.bindings.filter((binding) => binding.stream !== stream || binding.carries === 'media'));
    if (this.bindings.length >= mostBindings) return undefined;
    stream.rtxSsrc = ssrc;
    return this.add({ ssrc, stream, carries: 'retransmissions' });
  }

  private add(binding: StreamBinding): StreamBinding {
    this.replace([...this.bindings, binding]);
    return binding;
  }

  private replace(bindings: readonly StreamBinding[]): void {
    this.bindings = bindings;
    this.streams = bindings.filter(({ carries }) => carries === 'media').map(({ stream }) => stream);
    for (const [index, { ssrc }] of bindings.entries()) this.ssrcs[index] = ssrc;
  }
}

interface StreamPlace {
  readonly section: ReceivedSection;
  readonly layer: number;
  readonly carries: 'media' | 'retransmissions';
}

function placeBySsrc(ssrc: number, sections: readonly ReceivedSection[]): StreamPlace | undefined {
  for (const section of sections) {
    for (const [layer, declared] of section.declaredSsrcs.entries()) {
      if (layer >= section.layers.length) continue;
      if ((declared.ssrc | 0) === ssrc) return { section, layer, carries: 'media' };
      if (declared.rtxSsrc !== undefined && (declared.rtxSsrc | 0) === ssrc) return { section, layer, carries: 'retransmissions' };
    }
  }
  return undefined;
}

/** RFC 8852 §3: a repaired RID says that this is a retransmission, and of which layer. */
function placeByExtensions(packet: RtpPacket, elements: ExtensionElements, sections: readonly ReceivedSection[]): StreamPlace | undefined {
  const mid = elements.text(extensionKind.mid);
  const section = mid === undefined ? undefined : sections.find((candidate) => candidate.mid === mid);
  if (section === undefined) return undefined;
  const repaired = elements.text(extensionKind.repairedRid);
  const rid = elements.text(extensionKind.rid);
  const carries = repaired !== undefined || section.retransmittedBy(packet.payloadType) !== undefined ? 'retransmissions' : 'media';
  const name = repaired ?? rid;
  const layer = section.rids.length === 1 ? 0 : section.rids.indexOf(name ?? '');
  return layer < 0 ? undefined : { section, layer, carries };
}

function placeByPayloadType(packet: RtpPacket, sections: readonly ReceivedSection[]): StreamPlace | undefined {
  const [section, another] = sections.filter((candidate) => candidate.uses(packet.payloadType));
  if (section === undefined || another !== undefined || section.rids.length > 1 || section.declaredSsrcs.length > 0) return undefined;
  return { section, layer: 0, carries: section.retransmittedBy(packet.payloadType) === undefined ? 'media' : 'retransmissions' };
}
