import { dtmfTones, parseTelephoneEvent, RtpHeaderWriter, rtpHeaderLength, RtpPacket, rtpVerdict } from '@dialplane/rtp';
import type { SocketAddress } from '@dialplane/sip';
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { frameBytes, frameMs, type FrameSource } from './frame-source.ts';
import { muLawSilence } from './mu-law.ts';

const pcmuPayloadType = 0;
/** After a pause of this process so many frames are sent at once at most; the others are left out. */
const mostFramesAtOnce = 5;

/** Where a call's sound goes and how telephone events are numbered there; of the other side's description. */
export interface SoundPeer {
  readonly remote: SocketAddress;
  readonly telephoneEventPayloadType: number | undefined;
  /** Whether the other side wants to hear anything (not `sendonly` or `inactive`). */
  readonly isListening: boolean;
}

/** The carrier's end of one call's sound: RTP with PCMU over a socket of its own, 20 ms a packet, without RTCP. Plays a source, sends back what comes, or is silent; hears telephone events (RFC 4733). */
export class SoundEndpoint {
  /** Packets with sound that came. */
  packetsReceived = 0;
  packetsSent = 0;

  readonly #socket: Socket;
  readonly #onTone: (tone: string) => void;
  readonly #packet = new RtpPacket();
  readonly #writer = new RtpHeaderWriter();
  readonly #outgoing = new Uint8Array(rtpHeaderLength + frameBytes);
  readonly #silence = new Uint8Array(frameBytes).fill(muLawSilence);
  readonly #ssrc = randomInt(2 ** 32 - 1) | 0;
  #sequenceNumber = randomInt(2 ** 16);
  #timestamp = randomInt(2 ** 31);
  #peer: SoundPeer | undefined;
  #mode: { readonly kind: 'play'; readonly source: FrameSource; readonly onEnd: () => void } | { readonly kind: 'silent' } | { readonly kind: 'echo' } = { kind: 'silent' };
  #pacing: NodeJS.Timeout | undefined;
  #lastEventTimestamp: number | undefined;

  private constructor(socket: Socket, onTone: (tone: string) => void) {
    this.#socket = socket;
    this.#onTone = onTone;
    socket.on('message', (bytes) => this.#receive(bytes));
    socket.on('error', () => undefined);
  }

  /** @param onTone One of `0-9*#A-D`, once for each press of a key. */
  static async open(address: string, onTone: (tone: string) => void): Promise<SoundEndpoint> {
    const socket = createSocket('udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new SoundEndpoint(socket, onTone);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Begins to send, or goes on to another address. */
  connect(peer: SoundPeer): void {
    this.#peer = peer;
    this.#pacing ??= this.#pace();
  }

  /** Plays from now on, and silence after it. */
  play(source: FrameSource, onEnd: () => void = () => undefined): void {
    this.#mode = { kind: 'play', source, onEnd };
  }

  /** Sends back what comes, as it comes. */
  echo(): void {
    this.#mode = { kind: 'echo' };
  }

  close(): void {
    clearInterval(this.#pacing);
    this.#pacing = undefined;
    this.#socket.close();
  }

  #pace(): NodeJS.Timeout {
    const startedAt = performance.now();
    let frames = 0;
    return setInterval(() => {
      const due = Math.floor((performance.now() - startedAt) / frameMs);
      frames = Math.max(frames, due - mostFramesAtOnce);
      for (; frames < due; frames += 1) this.#sendNext();
    }, frameMs);
  }

  #sendNext(): void {
    const mode = this.#mode;
    if (mode.kind === 'echo') return;
    const frame = mode.kind === 'play' ? mode.source.nextFrame() : undefined;
    if (mode.kind === 'play' && frame === undefined) {
      this.#mode = { kind: 'silent' };
      mode.onEnd();
    }
    this.#send(frame ?? this.#silence);
  }

  #send(payload: Uint8Array): void {
    if (this.#peer?.isListening !== true) return;
    const { address, port } = this.#peer.remote;
    this.#writer.begin(this.#outgoing, 0, this.packetsSent === 0 ? 1 : 0, pcmuPayloadType, this.#sequenceNumber, this.#timestamp, this.#ssrc);
    const length = this.#writer.finish();
    this.#outgoing.set(payload.subarray(0, frameBytes), length);
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + frameBytes) | 0;
    this.packetsSent += 1;
    this.#socket.send(this.#outgoing.slice(0, length + Math.min(frameBytes, payload.length)), port, address, () => undefined);
  }

  #receive(bytes: Uint8Array): void {
    if (this.#packet.read(bytes, 0, bytes.length) !== rtpVerdict.accepted) return;
    const { payloadType, payloadOffset, payloadLength } = this.#packet;
    if (payloadType === this.#peer?.telephoneEventPayloadType) return this.#hearEvent();
    if (payloadType !== pcmuPayloadType) return;
    this.packetsReceived += 1;
    if (this.#mode.kind === 'echo') this.#send(bytes.subarray(payloadOffset, payloadOffset + payloadLength));
  }

  /** Every packet of an event has the timestamp of its beginning; the first that is heard counts (RFC 4733 §2.5.2.3). */
  #hearEvent(): void {
    const { bytes, payloadOffset, payloadLength, timestamp } = this.#packet;
    const event = parseTelephoneEvent(bytes, payloadOffset, payloadLength);
    if (event === undefined || timestamp === this.#lastEventTimestamp) return;
    this.#lastEventTimestamp = timestamp;
    const tone = dtmfTones[event.event];
    if (tone !== undefined) this.#onTone(tone);
  }
}
