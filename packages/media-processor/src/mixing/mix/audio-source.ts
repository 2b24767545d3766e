import { ComfortNoise, DtmfDetector, isOpusVoice, JitterBuffer, jitterStep, type JitterStep, Loudness, opusPacketMs, type SpeakerCandidate } from '@dialplane/conference';
import type { OpusSignal } from '@dialplane/kernels';
import { addMilliseconds, type Instant } from '@dialplane/sansio';
import { type AudioPacket, type MixCodec, mixClockRates, type SoundPayload } from '../audio-mixer.ts';
import { samplesOfFrame, type SampleRate } from '../codecs/sample-rates.ts';
import type { EncodedSound } from '../codecs/sound-decoder.ts';
import { type SourceEnvironment, SourceVoice } from './source-voice.ts';

const tickMs = 20;
/** The steps of one tick: eight packets of 2.5 ms. */
const mostSteps = 8;
const longestPacketMs = 120;
const noPayload = -1;
const silence = 127;
/** After so many ticks in which nobody hears it, a voice is closed: 10 s. */
const mostTicksUnheard = 500;
/** Noise of a sender that has paused and says nothing any more: 30 s. */
const mostTicksOfNoise = 1500;

/**
 * What one member says: its packets wait in a jitter buffer, and tick by tick it is decided what of them is to be heard. Only who is heard is decoded, so a source costs
 * hardly anything until then; one that does not say how loud it is has to be decoded always, and so has one in whose sound keys are pressed.
 *
 * Each tick: `begin`, then `render` where it is heard, then `end`.
 */
export class AudioSource implements SpeakerCandidate {
  readonly loudness = new Loudness();
  /** How loud the frame of this tick is. */
  level = silence;
  /** Whether the level of this tick was measured by decoding, because its packets do not say it. */
  isMeasured = false;
  /** What its own encoder took it for; codecs of telephones know nothing but voice. */
  signal: OpusSignal = 'voice';
  /** Keys that were found in the frame of this tick. */
  pressed = '';

  private readonly environment: SourceEnvironment;
  private readonly unitsPerMs: number;
  private readonly buffer: JitterBuffer;
  private readonly noise = new ComfortNoise();
  private readonly detector: DtmfDetector | undefined;
  private ticksOfNoise = 0;
  private ssrc: number | undefined;
  private voice: SourceVoice | undefined;
  private ticksUnheard = 0;
  private rate: SampleRate = 48_000;
  private progress: 'begun' | 'decoded' = 'begun';
  /** Of packets longer than a tick, what is to be heard in the next ones. */
  private readyMs = 0;
  private spoken: MixCodec;
  /** The packet that was heard last, for a decoder that begins in the middle. */
  private previous = noPayload;

  private steps = 0;
  private readonly kinds: JitterStep[] = Array.from({ length: mostSteps }, () => jitterStep.nothing);
  private readonly stepPayloads = new Int32Array(mostSteps);
  private readonly stepMs = new Float64Array(mostSteps);
  private readonly incoming = { sequenceNumber: 0, timestamp: 0, duration: 0, level: -1, payload: noPayload };

  /** @param hasKeys Keys are looked for in its sound, and taken out of it. */
  constructor(environment: SourceEnvironment, codec: MixCodec, hasKeys: boolean) {
    this.environment = environment;
    this.spoken = codec;
    this.detector = hasKeys ? new DtmfDetector() : undefined;
    const clockRate = mixClockRates[codec];
    this.unitsPerMs = clockRate / 1000;
    this.buffer = new JitterBuffer({ clockRate, hasRedundancy: codec === 'opus', release: (payload) => environment.payloads.release(payload) });
  }

  /** Whether packets of this codec can follow the others: they count time alike. */
  takes(codec: SoundPayload): boolean {
    return codec === this.spoken || (codec !== 'opus' && this.spoken !== 'opus');
  }

  /** Something is or will be heard of it. */
  get isActive(): boolean {
    return this.buffer.length > 0 || this.loudness.isSpeaking || this.readyMs > 0 || this.pauseNoise !== undefined;
  }

  /** Takes a packet; one that is none of its codec is nothing. */
  insert(codec: SoundPayload, packet: AudioPacket): void {
    if (!this.keep(codec, packet)) return;
    if (!this.buffer.insert(this.incoming, packet.arrivedAt)) this.environment.payloads.release(this.incoming.payload);
  }

  /** Takes what another packet says of one before it, where that one is missing. */
  insertRepeated(codec: SoundPayload, packet: AudioPacket): void {
    if (packet.ssrc !== this.ssrc || !this.keep(codec, packet)) return;
    if (!this.buffer.insertRepeated(this.incoming)) this.environment.payloads.release(this.incoming.payload);
  }

  /** Makes `incoming` of a packet. @returns false where it is none. */
  private keep(codec: SoundPayload, packet: AudioPacket): boolean {
    const duration = durationOf(codec, packet);
    if (duration === 0 || duration > longestPacketMs * this.unitsPerMs) return false;
    if (packet.ssrc !== this.ssrc) this.changeStream(packet.ssrc);
    const { incoming, environment } = this;
    incoming.sequenceNumber = packet.sequenceNumber;
    incoming.timestamp = packet.timestamp;
    incoming.duration = duration;
    incoming.level = codec === 'CN' ? (packet.bytes[packet.offset] ?? silence) & 0x7f : packet.level;
    incoming.payload = environment.payloads.keep(codec, packet.bytes, packet.offset, packet.length);
    return true;
  }

  /** Decides what is heard in the 20 ms that begin now, and how loud that is. `rate` is that of the mix. */
  begin(tickAt: Instant, rate: SampleRate): void {
    const before = this.level;
    let milliseconds = this.readyMs;
    let loudest = milliseconds > 0 ? before : silence;
    this.rate = rate;
    this.steps = 0;
    this.progress = 'begun';
    this.isMeasured = false;
    this.pressed = '';
    while (milliseconds < tickMs && this.steps < mostSteps) {
      const step = this.buffer.take(addMilliseconds(tickAt, milliseconds));
      if (step === jitterStep.nothing) break;
      const level = step === jitterStep.concealment ? before : this.buffer.level;
      if (level < 0) this.isMeasured = true;
      else loudest = Math.min(loudest, level);
      milliseconds += this.note(step);
    }
    this.ticksOfNoise = this.steps === 0 ? this.ticksOfNoise + 1 : 0;
    this.level = Math.min(loudest, this.pauseNoise?.level ?? silence);
    if (this.detector !== undefined && milliseconds > 0) this.findKeys(this.detector);
    if (this.isMeasured) this.measure();
  }

  /** The frame of this tick, at the rate of the mix. @returns Where in the workspace it is. */
  render(): number {
    return this.decoded().frameAt(this.rate);
  }

  /** Gives back what is not needed for the next tick. */
  end(): void {
    for (let step = 0; step < this.steps; step += 1) {
      this.readyMs += this.stepMs[step] ?? 0;
      if (this.kinds[step] === jitterStep.packet) this.remember(this.stepPayloads[step] ?? noPayload);
    }
    this.readyMs = Math.max(0, this.readyMs - tickMs);
    this.steps = 0;
    if (this.voice !== undefined) this.endVoice(this.voice);
    this.progress = 'begun';
  }

  close(): void {
    this.end();
    this.buffer.clear();
    this.remember(noPayload);
    this.closeVoice();
  }

  /** What is heard while its sender pauses; absent where it does not, or has said nothing about it. */
  private get pauseNoise(): ComfortNoise | undefined {
    return this.noise.level < silence && this.ticksOfNoise < mostTicksOfNoise ? this.noise : undefined;
  }

  private changeStream(ssrc: number): void {
    this.buffer.clear();
    this.ssrc = ssrc;
    this.noise.level = silence;
    if (this.voice !== undefined) this.voice.continuity = 'broken';
    this.remember(noPayload);
  }

  /** @returns How many milliseconds the step has. */
  private note(step: JitterStep): number {
    const milliseconds = this.buffer.duration / this.unitsPerMs;
    this.kinds[this.steps] = step;
    this.stepPayloads[this.steps] = this.buffer.payload;
    this.stepMs[this.steps] = milliseconds;
    this.steps += 1;
    if (step === jitterStep.packet) this.noteCodec(this.buffer.payload);
    return milliseconds;
  }

  private noteCodec(payload: number): void {
    const { payloads } = this.environment;
    const codec = payloads.codecOf(payload);
    if (codec === 'CN') {
      this.noise.describe(payloads.bytes, payloads.offsetOf(payload), payloads.lengthOf(payload));
      return;
    }
    this.noise.level = silence;
    this.spoken = codec;
    this.signal = codec !== 'opus' || isOpusVoice(payloads.bytes[payloads.offsetOf(payload)] ?? 0) ? 'voice' : 'unknown';
  }

  private findKeys(detector: DtmfDetector): void {
    const { workspace } = this.environment;
    const voice = this.decoded();
    this.pressed = detector.take(workspace.samples, voice.frame, samplesOfFrame(8000), voice.rate / 8000);
    if (detector.state !== 'silent') voice.blank();
  }

  private measure(): void {
    const { workspace } = this.environment;
    const { frame, rate, level } = this.decoded();
    if (level < 0) workspace.measure(frame, samplesOfFrame(rate));
    this.level = this.buffer.measuredLevel = level < 0 ? workspace.level : level;
  }

  /** The voice, with the frame of this tick. */
  private decoded(): SourceVoice {
    const voice = this.openVoice();
    if (this.progress === 'decoded') return voice;
    this.progress = 'decoded';
    voice.begin(this.readyMs);
    for (let step = 0; step < this.steps; step += 1) {
      voice.add(this.kinds[step] ?? jitterStep.concealment, this.stepPayloads[step] ?? noPayload, this.stepMs[step] ?? 0, this.pauseNoise);
    }
    voice.finish(this.pauseNoise);
    return voice;
  }

  private openVoice(): SourceVoice {
    const { spoken, rate, environment } = this;
    if (this.voice !== undefined && (this.voice.codec !== spoken || (spoken === 'opus' && this.voice.rate !== rate))) this.closeVoice();
    this.voice ??= new SourceVoice(environment, spoken, rate);
    if (this.voice.continuity === 'broken') this.voice.prepare(this.heardBefore);
    this.ticksUnheard = 0;
    return this.voice;
  }

  /** The packet before this tick, where the voice can take it. */
  private get heardBefore(): EncodedSound | undefined {
    const { payloads } = this.environment;
    return this.previous !== noPayload && payloads.codecOf(this.previous) === this.spoken ? payloads.soundOf(this.previous) : undefined;
  }

  private remember(payload: number): void {
    if (this.previous !== noPayload) this.environment.payloads.release(this.previous);
    this.previous = payload;
  }

  private endVoice(voice: SourceVoice): void {
    if (this.progress === 'decoded') return voice.end(this.readyMs);
    voice.continuity = 'broken';
    this.ticksUnheard += 1;
    if (this.ticksUnheard > mostTicksUnheard) this.closeVoice();
  }

  private closeVoice(): void {
    this.voice?.close();
    this.voice = undefined;
  }
}

/**
 * In units of the RTP clock; 0 for what is no packet of this codec. G.711 and G.722 have one byte for each unit (RFC 3551 §4.5.2, §4.5.14), G.729 ten for 80 of them and a
 * rest of two for its own comfort noise (§4.5.6). Comfort noise lasts until something else comes; what it fills at least is a frame.
 */
function durationOf(codec: SoundPayload, { bytes, offset, length }: AudioPacket): number {
  if (codec === 'opus') return opusPacketMs(bytes, offset, length) * 48;
  if (codec === 'CN') return length === 0 ? 0 : 160;
  return codec === 'G729' ? 80 * Math.ceil(length / 10) : length;
}
