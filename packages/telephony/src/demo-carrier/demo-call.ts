import type { SessionCommand, SessionEvent } from '@dialplane/sip';
import { sdpBytes, sdpText } from '../line/sdp-text.ts';
import type { DemoBehavior } from './demo-numbers.ts';
import { readSoundDescription, writeSoundDescription, type SoundOffer } from './sound-description.ts';
import { SoundEndpoint } from './sound-endpoint.ts';
import { keyTones, melody, prompt, specialInformationTone, ToneSource } from './tone-source.ts';

type WithoutSession<Command> = Command extends SessionCommand ? Omit<Command, 'sessionId'> : never;

/** What one call of the demonstration carrier does to the world. */
export interface DemoCallSurroundings {
  readonly address: string;
  /** How long a telephone rings before it answers, in milliseconds. */
  readonly ringMs: number;
  session(command: WithoutSession<SessionCommand>): void;
  /** The caller wants to be called back. */
  callBack(): void;
}

const announcementMs = 4_000;
const hangUpAfterMs = 5_000;
const callBackAfterMs = 2_000;
const mostKeys = 32;
/** Only so long does the carrier keep a call: demonstrations that are forgotten end by themselves. */
const longestCallMs = 600_000;

/** One call of the demonstration carrier: what it says in SIP, and its sound. */
export class DemoCall {
  readonly #surroundings: DemoCallSurroundings;
  readonly #behavior: DemoBehavior;
  readonly #sound: SoundEndpoint;
  readonly #sessionId = Date.now();
  readonly #timers = new Set<NodeJS.Timeout>();
  #version = 0;
  #keys = '';

  private constructor(surroundings: DemoCallSurroundings, behavior: DemoBehavior, sound: SoundEndpoint) {
    this.#surroundings = surroundings;
    this.#behavior = behavior;
    this.#sound = sound;
  }

  /** With a socket for its sound. */
  static async open(surroundings: DemoCallSurroundings, behavior: DemoBehavior): Promise<DemoCall> {
    const call: { current?: DemoCall } = {};
    const sound = await SoundEndpoint.open(surroundings.address, (key) => call.current?.takeKey(key));
    call.current = new DemoCall(surroundings, behavior, sound);
    return call.current;
  }

  /** An offer of the carrier, for a call that it makes. */
  offer(): Uint8Array {
    return this.#describe(undefined);
  }

  /** Somebody has called: as the number behaves. */
  receive(description: Uint8Array | undefined): void {
    const offer = description === undefined ? undefined : readSoundDescription(sdpText(description));
    if (description !== undefined && offer === undefined) {
      this.#surroundings.session({ kind: 'refuse', status: 488, headers: [['Warning', '305 demo-carrier "PCMU over plain RTP is needed"']] });
      return;
    }
    if (offer !== undefined) this.#sound.connect(offer);
    const answer = this.#describe(offer);
    if (this.#behavior === 'busy') this.#surroundings.session({ kind: 'refuse', status: 486, reason: 'Busy Here', headers: [['Reason', 'Q.850;cause=17;text="User busy"']] });
    else if (this.#behavior === 'announcement' || this.#behavior === 'outOfService') this.#announce(answer);
    else {
      this.#surroundings.session({ kind: 'progress', status: 180 });
      if (this.#behavior !== 'noAnswer') this.#after(this.#surroundings.ringMs, () => this.#accept(answer));
    }
  }

  /** What the other side says once there is a call. */
  hear(event: SessionEvent): void {
    switch (event.kind) {
      case 'answered':
      case 'acknowledged':
        if (event.description !== undefined) this.#connect(sdpText(event.description.bytes));
        if (event.kind === 'answered') this.#play();
        return;
      case 'offerReceived':
        return this.#answerAnew(event.description);
      case 'offerWanted':
        return this.#surroundings.session({ kind: 'answerOffer', description: this.#describe(undefined) });
      case 'answerReceived':
        return this.#connect(sdpText(event.description));
      default:
        return undefined;
    }
  }

  /** A key of the caller, as telephone event or INFO. */
  takeKey(key: string): void {
    if (this.#behavior !== 'keypad') return;
    if (key !== '#' && this.#keys.length < mostKeys) {
      this.#keys += key;
      return;
    }
    this.#sound.play(new ToneSource(keyTones(this.#keys), 1), () => this.#sound.play(new ToneSource(prompt, 1)));
    this.#keys = '';
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#sound.close();
  }

  /** Early media (RFC 3960): heard before the call is answered, or instead. */
  #announce(answer: Uint8Array): void {
    this.#surroundings.session({ kind: 'progress', status: 183, description: answer });
    this.#sound.play(new ToneSource(specialInformationTone));
    this.#after(announcementMs, () => {
      if (this.#behavior === 'announcement') this.#accept(answer);
      else this.#surroundings.session({ kind: 'refuse', status: 404, reason: 'No such number', headers: [['Reason', 'Q.850;cause=1;text="Unallocated (unassigned) number"']] });
    });
  }

  #accept(answer: Uint8Array): void {
    this.#surroundings.session({ kind: 'accept', description: answer });
    this.#play();
  }

  #play(): void {
    this.#after(longestCallMs, () => this.#end());
    switch (this.#behavior) {
      case 'echo':
        return this.#sound.echo();
      case 'hangUp':
        this.#sound.play(new ToneSource(melody));
        return this.#after(hangUpAfterMs, () => this.#end());
      case 'keypad':
        return this.#sound.play(new ToneSource(prompt, 1));
      case 'callBack':
        this.#sound.play(new ToneSource(prompt, 1));
        return this.#after(callBackAfterMs, () => {
          this.#end();
          this.#surroundings.callBack();
        });
      default:
        return this.#sound.play(new ToneSource(melody));
    }
  }

  #answerAnew(description: Uint8Array): void {
    const offer = readSoundDescription(sdpText(description));
    if (offer === undefined) return this.#surroundings.session({ kind: 'refuseOffer', status: 488 });
    this.#sound.connect(offer);
    this.#surroundings.session({ kind: 'answerOffer', description: this.#describe(offer) });
  }

  #connect(sdp: string): void {
    const peer = readSoundDescription(sdp);
    if (peer !== undefined) this.#sound.connect(peer);
  }

  #describe(offer: SoundOffer | undefined): Uint8Array {
    this.#version += 1;
    return sdpBytes(writeSoundDescription({ address: this.#surroundings.address, port: this.#sound.port }, this.#sessionId, this.#version, offer));
  }

  #end(): void {
    this.#surroundings.session({ kind: 'end', reason: 'Q.850;cause=16;text="Normal call clearing"' });
  }

  #after(milliseconds: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, milliseconds);
    this.#timers.add(timer);
  }
}
