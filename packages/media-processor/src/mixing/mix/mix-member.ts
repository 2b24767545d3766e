import type { MixMemberOptions, MixReception, ReceivedPayload } from '../audio-mixer.ts';
import type { AudioSource } from './audio-source.ts';
import { OwnSound } from './own-sound.ts';
import { type SampleRate, sampleRates } from '../codecs/sample-rates.ts';
import type { SoundOutlet } from './sound-outlet.ts';

/** How a member hears a mix; `own` is there while it hears something else than others who listen in its format. */
export interface Listening {
  readonly reception: MixReception;
  own: SoundOutlet | undefined;
}

/** A participant of a mix: what it says, and how it listens. */
export class MixMember {
  readonly number: number;
  /** By payload type. */
  readonly codecs: ReadonlyArray<ReceivedPayload | undefined>;
  readonly hasKeysInSound: boolean;
  readonly ownSound = new OwnSound();
  isMuted: boolean;
  source: AudioSource | undefined;
  listening: Listening | undefined;

  constructor(number: number, { payloadTypes, isMuted, hasKeysInSound = false }: MixMemberOptions) {
    this.number = number;
    const codecs: Array<ReceivedPayload | undefined> = Array.from({ length: 128 });
    for (const { payloadType, codec } of payloadTypes) codecs[payloadType] = codec;
    this.codecs = codecs;
    this.hasKeysInSound = hasKeysInSound;
    this.isMuted = isMuted;
  }

  /** The highest rate at which it may say something. */
  get spokenRate(): SampleRate {
    let rate: SampleRate = 8000;
    for (const codec of this.codecs) if (codec !== undefined && codec !== 'CN' && codec !== 'red' && sampleRates[codec] > rate) rate = sampleRates[codec];
    return rate;
  }

  get heardRate(): SampleRate | undefined {
    return this.listening === undefined ? undefined : sampleRates[this.listening.reception.codec];
  }
}

/**
 * The rate that a mix has to have: the highest at which somebody says what somebody else can hear, or something is played. Between telephones nothing is gained by a higher one.
 * @param playedRate Of what is played to a member.
 */
export function mixRate(members: Iterable<MixMember>, playedRate: (member: MixMember) => SampleRate): SampleRate {
  const everybody = [...members];
  let rate: SampleRate = 8000;
  for (const listener of everybody) {
    const { heardRate = 8000 } = listener;
    if (heardRate <= rate) continue;
    rate = Math.max(rate, Math.min(heardRate, Math.max(playedRate(listener), listener.ownSound.rate))) as SampleRate;
    for (const speaker of everybody) {
      const common = Math.min(heardRate, speaker.spokenRate) as SampleRate;
      if (speaker !== listener && common > rate) rate = common;
    }
  }
  return rate;
}
