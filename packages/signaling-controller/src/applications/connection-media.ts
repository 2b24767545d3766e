import { randomUUID } from 'node:crypto';
import type { CallMediaControl, ConnectionOutcome, HoldRequest, MediaRequest, SoundSource } from '@dialplane/applications-api';
import type { HoldWish, OperationSounds, SoundFailure } from '@dialplane/call';
import type { SoundFile } from '@dialplane/media-api';
import type { CallConnections } from './call-connections.ts';

/** Fetches sounds of applications. */
export interface SoundFetcher {
  fetch(request: SoundSource & { readonly owner: string }): Promise<{ readonly kind: 'ready'; readonly sound: SoundFile } | { readonly kind: 'unreachable' | 'unplayable'; readonly sentence: string }>;
}

/** What applications have played in calls: their sounds are fetched while the operation waits for its turn, and what comes of it is told by events. */
export class ConnectionMedia implements CallMediaControl {
  readonly #connections: CallConnections;
  readonly #sounds: SoundFetcher;

  constructor(connections: CallConnections, sounds: SoundFetcher) {
    this.#connections = connections;
    this.#sounds = sounds;
  }

  async request(resourceId: string, connectionId: string, { request, sources, interrupts, operation }: MediaRequest): Promise<ConnectionOutcome<undefined>> {
    const outcome = await this.#connections.perform(resourceId, connectionId, { kind: 'requestMedia', request, interrupts, operation });
    if (outcome.ok && sources.length > 0) void this.#provide(resourceId, connectionId, operation.operationId, sources);
    return outcome;
  }

  /** Without music of its own somebody is on hold at once; with it when that is there, or when it does not come, which is told. */
  async hold(resourceId: string, connectionId: string, { target, isHeld, source, operation }: HoldRequest): Promise<ConnectionOutcome<undefined>> {
    const hold = (wish: HoldWish): Promise<ConnectionOutcome<undefined>> => this.#connections.perform(resourceId, connectionId, { kind: 'holdParticipant', target, wish, operation });
    if (!isHeld) return hold({ isHeld });
    const begun = await hold({ isHeld, music: undefined });
    if (!begun.ok || source === undefined) return begun;
    void this.#fetch(resourceId, [source]).then((sounds) => hold({ isHeld, music: sounds.kind === 'ready' ? sounds.sounds[0] : sounds.failure }));
    return begun;
  }

  /** A call that has ended meanwhile needs none. */
  async #provide(resourceId: string, connectionId: string, operationId: string, sources: readonly SoundSource[]): Promise<void> {
    const sounds = await this.#fetch(resourceId, sources);
    await this.#connections.perform(resourceId, connectionId, { kind: 'provideSounds', operationId, sounds }, randomUUID());
  }

  /** All of them, or why one is not to be had. */
  async #fetch(owner: string, sources: readonly SoundSource[]): Promise<Exclude<OperationSounds, { readonly kind: 'fetching' }>> {
    const sounds: SoundFile[] = [];
    for (const [sourceIndex, source] of sources.entries()) {
      const fetched = await this.#sounds.fetch({ ...source, owner }).catch((error: unknown): SoundFailed => ({ kind: 'unreachable', sentence: error instanceof Error ? error.message : String(error) }));
      if (fetched.kind !== 'ready') return { kind: 'failed', failure: { reason: fetched.kind, sourceIndex, sentence: fetched.sentence } };
      sounds.push(fetched.sound);
    }
    return { kind: 'ready', sounds };
  }
}

interface SoundFailed {
  readonly kind: Extract<SoundFailure['reason'], 'unreachable' | 'unplayable'>;
  readonly sentence: string;
}
