import type { Call, MediaDescription, MediaSession } from '@dialplane/calling-api';
import type { Chance } from '../chance.ts';
import type { CommandBody } from './messages.ts';

/** Something a user or its client does after a while, if it still makes sense then. */
export interface Move {
  readonly afterMs: number;
  readonly commands: (view: Call) => readonly CommandBody[];
}

/**
 * One user in one call, and the media of its client: looks at the call whenever something changed, and decides what to do
 * next. Everything is decided once.
 */
export class CallUser {
  private readonly by: string;
  private readonly chance: Chance;
  /** Identifiers that may be added to the call. */
  private readonly acquaintances: readonly string[];
  private readonly decided = new Set<string>();
  private readonly ownRevisions = new Map<string, number>();

  constructor(by: string, chance: Chance, acquaintances: readonly string[]) {
    this.by = by;
    this.chance = chance;
    this.acquaintances = acquaintances;
  }

  ponder(view: Call): Move[] {
    if (view.direction === 'Incoming' && view.state === 'Ringing') return this.once('answer') ? this.answer() : [];
    const moves = view.mediaSessions.flatMap((session) => this.negotiate(session));
    if (this.once('leave')) moves.push(this.leave());
    if (view.state === 'Connected' && this.once('act')) moves.push(...this.act());
    return moves;
  }

  /** True the first time that `what` is asked about. */
  private once(what: string): boolean {
    if (this.decided.has(what)) return false;
    this.decided.add(what);
    return true;
  }

  private move(least: number, most: number, commands: Move['commands']): Move {
    return { afterMs: this.chance.between(least, most), commands };
  }

  private answer(): Move[] {
    const { by } = this;
    const rings = (view: Call): boolean => view.direction === 'Incoming' && view.state === 'Ringing';
    const alerting = this.move(5, 50, (view) => (rings(view) ? [{ kind: 'ringing', by }] : []));
    const choice = this.chance.weigh({ accept: 65, declined: 10, busy: 7, ignore: 18 });
    if (choice === 'ignore') return [alerting];
    const candidates = [{ candidate: 'candidate:1 1 udp 1 10.0.0.1 9 typ host', mid: '0', mLineIndex: 0, usernameFragment: null }];
    const answering = this.move(300, 8_000, (view) => {
      if (!rings(view)) return [];
      if (choice !== 'accept') return [{ kind: 'reject', by, reason: choice }];
      const [session] = view.mediaSessions;
      const description = session === undefined ? this.describe('backend', 'offer') : this.answerTo(session);
      const accept: CommandBody = { kind: 'accept', by, isMuted: false, ...(description === undefined ? {} : { description }) };
      return session === undefined ? [accept] : [{ kind: 'trickle', by, mediaSessionId: session.mediaSessionId, candidates }, accept];
    });
    return [alerting, answering];
  }

  /** Offers, answers and reports of one media session, as the client's own media would make them. */
  private negotiate({ mediaSessionId, topology, offerer, localRevision, remoteDescription }: MediaSession): Move[] {
    const { by } = this;
    const moves: Move[] = [];
    const own = Math.max(localRevision, this.ownRevisions.get(mediaSessionId) ?? 0);
    this.ownRevisions.set(mediaSessionId, own);
    const session = (view: Call): MediaSession | undefined => view.mediaSessions.find((one) => one.mediaSessionId === mediaSessionId);
    if (offerer === 'local' && own === 0 && this.once(`offer ${mediaSessionId}`)) {
      moves.push(this.move(5, 60, (view) => (session(view) === undefined ? [] : [{ kind: 'describe', by, mediaSessionId, description: this.describe(mediaSessionId, 'offer') }])));
    }
    if (remoteDescription?.type === 'offer' && this.once(`answer ${mediaSessionId} ${remoteDescription.revision}`)) {
      moves.push(this.move(5, 60, (view) => {
        const current = session(view);
        const description = current === undefined ? undefined : this.answerTo(current);
        return description === undefined || current?.remoteDescription?.revision !== remoteDescription.revision ? [] : [{ kind: 'describe', by, mediaSessionId, description }];
      }));
    }
    if (topology === 'peerToPeer' && remoteDescription !== undefined && this.once(`report ${mediaSessionId}`)) {
      const state = this.chance.weigh({ connected: 94, failed: 3, never: 3 });
      const report = (how: 'connected' | 'interrupted' | 'failed') => (view: Call): CommandBody[] =>
        session(view) === undefined || view.state === 'Ringing' ? [] : [{ kind: 'reportMedia', by, mediaSessionId, state: how }];
      if (state !== 'never') moves.push(this.move(50, 300, report(state)));
      if (this.chance.happens(0.05)) moves.push(this.move(5_000, 20_000, report('interrupted')));
      if (this.chance.happens(0.5)) moves.push(this.move(21_000, 30_000, report('connected')));
    }
    return moves;
  }

  private leave(): Move {
    const { by } = this;
    const forEveryone = this.chance.happens(0.1);
    const isSoon = this.chance.happens(0.1);
    // In a room the role may forbid the end for all: they go then by themselves.
    const alone: CommandBody[] = forEveryone ? [{ kind: 'hangUp', by, forEveryone: false }] : [];
    return this.move(isSoon ? 100 : 15_000, isSoon ? 5_000 : 100_000, ({ kind }) => [{ kind: 'hangUp', by, forEveryone }, ...(kind === 'room' ? alone : [])]);
  }

  private act(): Move[] {
    const { by } = this;
    const somebody = (view: Call): string | undefined => view.participants[0]?.identifier;
    return Array.from({ length: this.chance.between(0, 4) }, (): Move => {
      const isMuted = this.chance.happens(0.6);
      const target = this.chance.pick(this.acquaintances);
      switch (this.chance.weigh({ hold: 3, mute: 4, hand: 2, react: 1, add: 4, remove: 1, muteOthers: 1, lowerHands: 1, offer: 3, spotlight: 1, modes: 2, message: 1 })) {
        case 'spotlight':
          return this.move(500, 20_000, (view) => [isMuted ? { kind: 'startSpotlight', by, targets: [somebody(view) ?? target] } : { kind: 'stopSpotlight', by }]);
        case 'modes':
          return this.move(500, 20_000, (view) => [{ kind: 'setModes', by, modes: { audio: 'mixed', video: isMuted ? 'mixed' : 'forwarded' }, ...(isMuted ? { target: view.self.identifier } : {}) }]);
        case 'message':
          return this.move(500, 20_000, () => [{ kind: 'sendMessage', by, channelId: 1, sequenceNumber: 1, data: 'aGk=' }]);
        case 'hold':
          return this.move(500, 20_000, () => [{ kind: isMuted ? 'hold' : 'resume', by }]);
        case 'mute':
          return this.move(100, 20_000, () => [{ kind: 'updateSelf', by, isMuted }]);
        case 'hand':
          return this.move(100, 20_000, () => [{ kind: 'updateSelf', by, isHandRaised: isMuted }]);
        case 'react':
          return this.move(100, 20_000, () => [{ kind: 'react', by, reactionType: 'like' }]);
        case 'add':
          return this.move(500, 15_000, () => [{ kind: 'addParticipant', by, target }]);
        case 'remove':
          return this.move(5_000, 40_000, (view) => [{ kind: 'removeParticipant', by, target: somebody(view) ?? target }]);
        case 'muteOthers':
          return this.move(500, 20_000, () => [{ kind: 'mute', by }]);
        case 'lowerHands':
          return this.move(500, 20_000, () => [{ kind: 'lowerHands', by }]);
        case 'offer':
          return this.move(500, 20_000, (view) => view.mediaSessions.map(({ mediaSessionId }) => ({ kind: 'describe', by, mediaSessionId, description: this.describe(mediaSessionId, 'offer') })));
      }
    });
  }

  private answerTo({ mediaSessionId, remoteDescription }: MediaSession): MediaDescription | undefined {
    return remoteDescription?.type === 'offer' ? this.describe(mediaSessionId, 'answer', remoteDescription.revision) : undefined;
  }

  private describe(mediaSessionId: string, type: 'offer' | 'answer', answers?: number): MediaDescription {
    const revision = (this.ownRevisions.get(mediaSessionId) ?? 0) + 1;
    this.ownRevisions.set(mediaSessionId, revision);
    return { type, revision, sdp: 'v=0\r\n', streams: [], ...(answers === undefined ? {} : { answers }) };
  }
}
