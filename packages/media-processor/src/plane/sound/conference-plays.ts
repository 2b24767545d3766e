import type { MediaCommand } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import type { PlayOptions, PlayOutcome } from '../../mixing/audio-mixer.ts';
import type { Conference } from '../conference.ts';
import type { Leg } from '../legs/leg.ts';
import type { Mixing } from './mixing.ts';

type PlayCommand = Extract<MediaCommand, { readonly kind: 'play' }>;

/** More are of no use to anybody's ears, and each holds a file open. */
const mostPlays = 32;

interface ConferencePlay {
  readonly command: PlayCommand;
  readonly number: number;
  /** Members of the mix who hear it, as the mixer was told. */
  readonly listeners: PlayOptions['listeners'];
}

/** What is played in one conference: its legs hear the mix meanwhile, and are members of it by changing numbers. */
export class ConferencePlays {
  private readonly conference: Conference;
  private readonly mixing: Mixing;
  private readonly plays = new Map<string, ConferencePlay>();

  constructor(conference: Conference, mixing: Mixing) {
    this.conference = conference;
    this.mixing = mixing;
  }

  /** Whether something is played to the leg, whose sound has to be mixed for it. */
  reaches({ legId }: Leg): boolean {
    for (const { command: { to } } of this.plays.values()) if (to === 'all' || to.includes(legId)) return true;
    return false;
  }

  start(command: PlayCommand, now: Instant): void {
    const { playId, sounds, isLooped } = command;
    if (this.plays.has(playId)) return;
    if (this.mixing.current === undefined) return this.tellFailure(playId, 0, 'This server cannot mix: its doctor says what is missing.');
    if (sounds.length === 0) return this.tellFailure(playId, 0, 'There is nothing to play.');
    if (this.plays.size >= mostPlays) return this.tellFailure(playId, 0, `So much is played in this call already: ${mostPlays} plays at once are the limit.`);
    const listeners = this.listenersOf(command);
    const number = this.mixing.startPlay(this.conference.mix.open(), { listeners, sounds, isLooped }, (outcome) => this.follow(playId, outcome));
    this.plays.set(playId, { command, number, listeners });
    this.conference.route(now);
  }

  stop(playId: string, now: Instant): void {
    const play = this.plays.get(playId);
    if (play === undefined) return;
    this.mixing.stopPlay(play.number);
    this.plays.delete(playId);
    this.conference.route(now);
  }

  /** Legs have become members of the mix, or others than they were. */
  followMembers(): void {
    for (const [playId, play] of this.plays) {
      const listeners = this.listenersOf(play.command);
      if (String(listeners) === String(play.listeners)) continue;
      this.plays.set(playId, { ...play, listeners });
      this.mixing.current?.setPlayListeners(play.number, listeners);
    }
  }

  close(): void {
    for (const { number } of this.plays.values()) this.mixing.stopPlay(number);
    this.plays.clear();
  }

  private listenersOf({ to }: PlayCommand): PlayOptions['listeners'] {
    if (to === 'all') return to;
    return to.flatMap((legId) => {
      const leg = this.conference.legs.get(legId);
      return (leg === undefined ? undefined : this.conference.mix.memberOf(leg)) ?? [];
    });
  }

  private follow(playId: string, outcome: PlayOutcome): void {
    const { conferenceId } = this.conference;
    if (outcome.kind === 'started') return this.conference.tell({ kind: 'playStarted', conferenceId, playId });
    this.plays.delete(playId);
    this.conference.route(this.mixing.now());
    if (outcome.kind === 'failed') this.tellFailure(playId, outcome.soundIndex, 'The sound cannot be read.');
    else this.conference.tell({ kind: 'playEnded', conferenceId, playId });
  }

  private tellFailure(playId: string, soundIndex: number, sentence: string): void {
    this.conference.tell({ kind: 'playFailed', conferenceId: this.conference.conferenceId, playId, soundIndex, sentence });
  }
}
