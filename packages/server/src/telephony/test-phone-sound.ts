import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { dtmfTones, RtpHeaderWriter, rtpHeaderLength, RtpPacket, rtpVerdict, telephoneEventLength, writeTelephoneEvent } from '@dialplane/rtp';
import { patienceMs } from '@dialplane/testing';

/** As the phone's descriptions say. */
export const eventPayloadType = 101;
const frameUnits = 160;
/** What is kept of what was heard: 200 ms. */
const keptSamples = 1600;

/** What a phone hears and presses: RTP with G.711 and telephone events, over a socket of its own; it answers where sound comes from. */
export class PhoneSound {
  readonly #socket: Socket;
  readonly #arrivals = new EventEmitter();
  readonly #packet = new RtpPacket();
  #heard: number[] = [];
  #server: RemoteInfo | undefined;
  #sequenceNumber = 0;
  #timestamp = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (bytes, source) => {
      if (this.#packet.read(bytes, 0, bytes.length) !== rtpVerdict.accepted || this.#packet.payloadType !== 0) return;
      const { payloadOffset, payloadLength } = this.#packet;
      this.#server = source;
      this.#heard = [...this.#heard, ...Array.from(bytes.subarray(payloadOffset, payloadOffset + payloadLength), sampleOf)].slice(-keptSamples);
      this.#arrivals.emit('sound');
    });
  }

  static async open(host: string): Promise<PhoneSound> {
    const socket = createSocket('udp4').bind(0, host);
    await once(socket, 'listening');
    return new PhoneSound(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Resolves when sound comes, from now on. */
  async arrives(): Promise<void> {
    await once(this.#arrivals, 'sound', { signal: AbortSignal.timeout(patienceMs) });
  }

  /** Resolves when a tone is heard for 200 ms and nothing else. */
  async hears(frequencyHz: number): Promise<void> {
    await this.#until(() => shareOf(frequencyHz, this.#heard) > 0.8);
  }

  /** Resolves when the ringing tone (ETSI TR 101 041-2) is heard for 200 ms, from now on. */
  async hearsRinging(): Promise<void> {
    this.#heard = [];
    await this.hears(425);
  }

  /** Resolves when there is silence for 200 ms. */
  async hearsNothing(): Promise<void> {
    await this.#until(() => this.#heard.length === keptSamples && this.#heard.every((sample) => Math.abs(sample) < 0.01));
  }

  /** Presses keys, one after the other, for 60 ms each (RFC 4733 §2.5.1). Sound has to have come. */
  press(tones: string): void {
    for (const tone of tones) {
      this.#timestamp += 4000;
      for (const frames of [1, 2, 3, 3, 3]) this.#send(dtmfTones.indexOf(tone), frames);
      this.#sequenceNumber += 1;
    }
  }

  close(): void {
    this.#socket.close();
  }

  #send(event: number, frames: number): void {
    const bytes = new Uint8Array(rtpHeaderLength + telephoneEventLength);
    const writer = new RtpHeaderWriter();
    writer.begin(bytes, 0, frames === 1 ? 1 : 0, eventPayloadType, this.#sequenceNumber, this.#timestamp, 7);
    writeTelephoneEvent(bytes, writer.finish(), { event, end: frames === 3, volume: 10, duration: frames * frameUnits });
    this.#sequenceNumber += 1;
    if (this.#server !== undefined) this.#socket.send(bytes, this.#server.port, this.#server.address);
  }

  async #until(condition: () => boolean): Promise<void> {
    const patience = AbortSignal.timeout(patienceMs);
    while (!condition()) await once(this.#arrivals, 'sound', { signal: patience });
  }
}

/** µ-law (ITU-T G.711 §3.2) as a sample, full scale being 1. */
function sampleOf(code: number): number {
  const inverted = ~code & 0xff;
  const magnitude = ((((inverted & 0x0f) << 3) + 0x84) << ((inverted & 0x70) >> 4)) - 0x84;
  return (inverted & 0x80 ? -magnitude : magnitude) / 32_768;
}

/** How much of the power of a signal is that of one tone, 0 to 1; nothing where it is silent. */
function shareOf(frequencyHz: number, samples: readonly number[]): number {
  if (samples.length < keptSamples) return 0;
  let [real, imaginary, power] = [0, 0, 0];
  for (const [index, sample] of samples.entries()) {
    const angle = (2 * Math.PI * frequencyHz * index) / 8000;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
    power += sample * sample;
  }
  return power < 0.1 ? 0 : (2 * (real * real + imaginary * imaginary)) / (samples.length * power);
}
