import type { MediaMode, MediaModes } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import type { WantedStream } from '@dialplane/media-api';
import type { ConferenceEvent } from '../process-api/process-messages.ts';
import { AudioRouting } from './sound/audio-routing.ts';
import { AutomaticModes } from './pictures/automatic-modes.ts';
import { ClientCodecs } from './legs/client-codecs.ts';
import type { Composing } from './pictures/composing.ts';
import { ConferenceMix } from './sound/conference-mix.ts';
import { ConferencePicture } from './pictures/conference-picture.ts';
import { ConferencePlays } from './sound/conference-plays.ts';
import type { Leg } from './legs/leg.ts';
import type { Mixing } from './sound/mixing.ts';
import { PassThrough } from './sound/pass-through.ts';
import type { RepacketizingParts } from './sound/repacketized-stream.ts';
import { PictureRouting } from './pictures/picture-routing.ts';
import type { LegTurns } from './ticks/leg-turns.ts';
import { WatchedPictures } from './pictures/watched-pictures.ts';

export interface ConferenceParts {
  readonly tell: (event: ConferenceEvent) => void;
  readonly mixing: Mixing;
  readonly composing: Composing;
  readonly repacketizing: RepacketizingParts;
  /** What is to be routed once the commands or packets at hand are done with. */
  readonly unrouted: Set<Conference>;
  readonly turns: LegTurns<Leg>;
  /** Whether a client is known to reach us over TCP. */
  readonly isOverTcp: (leg: Leg) => boolean;
}

/** The legs of one call, and who gets what of whom. */
export class Conference {
  readonly conferenceId: string;
  readonly legs = new Map<string, Leg>();
  /** How many of the legs are telephones'. */
  telephones = 0;
  /** When a leg came, went or was described last. */
  changedAt: number = -Infinity;
  private readonly participants = new Map<string, readonly Leg[]>();
  private modes: MediaModes;
  private readonly legModes = new Map<Leg, MediaModes>();
  readonly audio: AudioRouting;
  readonly mix: ConferenceMix;
  readonly passThrough: PassThrough;
  readonly plays: ConferencePlays;
  private readonly clientCodecs: ClientCodecs;
  readonly tell: (event: ConferenceEvent) => void;
  private readonly parts: ConferenceParts;
  private readonly pictures: PictureRouting;
  private readonly picture: ConferencePicture;
  private readonly watched: WatchedPictures;
  private readonly automatic: AutomaticModes;

  constructor(conferenceId: string, modes: MediaModes, parts: ConferenceParts) {
    const { tell, mixing, composing, repacketizing, isOverTcp } = parts;
    this.conferenceId = conferenceId;
    this.modes = modes;
    this.tell = tell;
    this.parts = parts;
    this.mix = new ConferenceMix(this, mixing);
    this.passThrough = new PassThrough(this, repacketizing);
    this.plays = new ConferencePlays(this, mixing);
    this.clientCodecs = new ClientCodecs(this);
    this.audio = new AudioRouting(this);
    this.pictures = new PictureRouting(this);
    this.picture = new ConferencePicture(this, composing, () => ({ spotlight: this.pictures.spotlight, dominant: this.audio.dominant }));
    this.watched = new WatchedPictures(this, { watchedBy: (leg) => this.pictures.watchedBy(leg), composedHeight: (section) => this.picture.heightOf(section) });
    this.automatic = new AutomaticModes(this.pictures, isOverTcp);
  }

  /** All legs of one participant, those that came first before the others. */
  legsOf(identifier: string): readonly Leg[] {
    return this.participants.get(identifier) ?? [];
  }

  /** How a leg gets sound and pictures: as was asked for, as far as this process can; as its line takes it where nobody asked. */
  modesOf(leg: Leg): MediaModes {
    const { mixing, composing } = this.parts;
    const own = this.legModes.get(leg);
    const { audio, video } = own ?? this.modes;
    return {
      audio: mixing.current === undefined ? 'forwarded' : leg.telephone !== undefined || leg.sound.kind !== 'none' || this.plays.reaches(leg) ? 'mixed' : audio,
      video: composing.current === undefined ? 'forwarded' : own === undefined && video === 'forwarded' ? this.automatic.modeOf(leg) : video,
    };
  }

  /** The same of sound, and whether it is passed on as it is. */
  soundOf(leg: Leg, now: Instant): MediaMode {
    return this.passThrough.passes(leg, now) ? 'forwarded' : this.modesOf(leg).audio;
  }

  /** A leg speaks another codec. */
  handleCodecChange(now: Instant): void {
    if (this.passThrough.hasChanged(now)) this.route(now);
  }

  /** For one leg, or for all that come and are there. */
  setModes(modes: MediaModes, leg: Leg | undefined, now: Instant): void {
    if (leg !== undefined) this.legModes.set(leg, modes);
    else {
      this.modes = modes;
      this.legModes.clear();
    }
    this.route(now);
    this.tell({ kind: 'modesChanged', conferenceId: this.conferenceId, ...(leg !== undefined && { legId: leg.legId }), modes, why: 'It was asked for.' });
    for (const other of leg === undefined ? this.legs.values() : [leg]) this.tellDeparture(other, modes);
  }

  /** Tells of a leg that gets media otherwise than was asked for. */
  private tellDeparture(leg: Leg, asked: MediaModes): void {
    const modes = this.modesOf(leg);
    if (modes.audio === asked.audio && modes.video === asked.video) return;
    const why = this.automatic.modeOf(leg) === modes.video ? this.automatic.reasonFor(leg) : undefined;
    this.tell({ kind: 'modesChanged', conferenceId: this.conferenceId, legId: leg.legId, modes, why: why ?? 'This server cannot mix: its doctor says what is missing.' });
  }

  setWanted(leg: Leg, wanted: readonly WantedStream[], now: Instant): void {
    this.pictures.setWanted(leg, wanted, now);
    this.watched.handleWanted(leg, now);
  }

  setSound(leg: Leg, sound: Leg['sound'], now: Instant): void {
    leg.sound = sound;
    this.route(now);
  }

  /** A leg has pressed a key: other telephones get it, but for those whose keys are signaled. */
  handleDtmf(leg: Leg, tone: string, now: Instant): void {
    this.tell({ kind: 'dtmfReceived', conferenceId: this.conferenceId, legId: leg.legId, tone });
    for (const other of this.legs.values()) {
      const isToPress = other !== leg && other.telephone !== undefined && other.telephone.dtmf !== 'info' && !this.passThrough.carriesEvents(other, now);
      if (isToPress) this.sendDtmf(other, tone, now);
    }
  }

  /** Presses keys for a leg. */
  sendDtmf(leg: Leg, tones: string, now: Instant): void {
    this.passThrough.press(leg, tones.length, now);
    this.route(now);
    this.mix.sendDtmf(leg, tones);
  }

  setSpotlight(identifiers: readonly string[]): void {
    this.pictures.setSpotlight(identifiers);
  }

  add(leg: Leg): void {
    this.legs.set(leg.legId, leg);
    this.parts.turns.add(leg);
    if (leg.telephone !== undefined) this.telephones += 1;
    this.participants.set(leg.identifier, [...this.legsOf(leg.identifier), leg]);
  }

  remove(leg: Leg, now: Instant): void {
    if (this.legs.delete(leg.legId) && leg.telephone !== undefined) this.telephones -= 1;
    this.parts.turns.remove(leg);
    const others = this.legsOf(leg.identifier).filter((other) => other !== leg);
    if (others.length === 0) this.participants.delete(leg.identifier);
    else this.participants.set(leg.identifier, others);
    this.legModes.delete(leg);
    leg.end(now);
    this.audio.forget(leg);
    this.mix.forget(leg);
    this.passThrough.forget(leg);
    this.clientCodecs.forget(leg);
    this.pictures.forget(leg);
    this.picture.forget(leg);
    this.watched.forget(leg);
    this.automatic.forget(leg);
    this.routeLater(now);
  }

  /** A leg has come or gone, or was described otherwise: it is routed once for all that comes at once, as both legs of a call often do. */
  routeLater(now: Instant): void {
    this.changedAt = now;
    this.parts.unrouted.add(this);
  }

  /** Somebody came, went, or sends or wants something else. */
  route(now: Instant): void {
    this.parts.unrouted.delete(this);
    this.mix.route(now);
    this.audio.route(now);
    this.picture.route(now);
    this.pictures.route(now);
    this.clientCodecs.route();
    this.watched.route();
  }

  close(now: Instant): void {
    for (const leg of this.legs.values()) this.remove(leg, now);
    this.parts.unrouted.delete(this);
    this.plays.close();
    this.mix.close();
    this.picture.close();
  }

  /** To be called several times a second for each leg. */
  handleLegTimeout(leg: Leg, now: Instant): void {
    this.pictures.handleLegTimeout(leg, now);
  }

  /** To be called several times a second. */
  handleTimeout(now: Instant): void {
    if (this.passThrough.hasChanged(now)) this.route(now);
    this.audio.handleTimeout(now);
    this.pictures.handleTimeout();
    this.picture.handleTimeout(now);
    this.watched.handleTimeout(now);
    if (this.parts.composing.current !== undefined && this.automatic.isDue(now)) this.followLines(now);
  }

  /** Who has no room for pictures of its own gets the mixed one. */
  private followLines(now: Instant): void {
    const isAutomatic = (leg: Leg) => !this.legModes.has(leg) && this.modes.video === 'forwarded';
    const changes = this.automatic.observe([...this.legs.values()].filter(isAutomatic), now);
    if (changes.length === 0) return;
    this.route(now);
    for (const { leg, why } of changes) this.tell({ kind: 'modesChanged', conferenceId: this.conferenceId, legId: leg.legId, modes: this.modesOf(leg), why });
  }
}
