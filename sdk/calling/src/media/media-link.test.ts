import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IceCandidate, MediaDescription, MediaSession } from '@dialplane/calling-api';
import { patienceMs } from '@dialplane/testing';
import { hostPlatform } from '../platform.ts';
import { exitWhenDone, webrtc } from '../test-caller.ts';
import { MediaLink } from './media-link.ts';
import type { SlotTracks } from './sections/media-sections.ts';

exitWhenDone();

/** A generator of delays that is the same for the same seed (Numerical Recipes' LCG). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Two links whose signaling takes up to `latencyMs`, in order; `repeat` delivers everything twice, as resumed streams may. */
class Pair {
  readonly caller: MediaLink;
  readonly callee: MediaLink;
  readonly cameras = { caller: camera(), callee: camera() };
  readonly tracks: { caller: SlotTracks; callee: SlotTracks } = { caller: nothing, callee: nothing };
  readonly crossed: string[] = [];
  private readonly random: () => number;
  private changed = () => {};

  constructor(seed: number, latencyMs: number, repeat = false) {
    this.random = seeded(seed);
    const link = (side: 'caller' | 'callee', other: () => MediaLink): MediaLink => {
      let line = Promise.resolve();
      const send = (deliver: () => void) => {
        line = line.then(() => new Promise((resolve) => setTimeout(resolve, this.random() * latencyMs))).then(() => {
          deliver();
          if (repeat) deliver();
        });
        return line;
      };
      return new MediaLink({
        topology: 'peerToPeer',
        platform: { ...hostPlatform({ webrtc }) },
        networkConfiguration: undefined,
        tracks: () => this.tracks[side],
        onStreamsChanged: () => this.changed(),
        onWatchedChanged: () => {},
    onConnectionChanged: () => this.changed(),
        onPeerConnectionChanged: () => this.changed(),
        onPathChanged: () => this.changed(),
        onStats: () => {},
        signaling: {
          sendDescription: (_id: string, description: MediaDescription) => {
            this.crossed.push(`${side} ${description.type}`);
            return send(() => other().handleDescription(description));
          },
          sendCandidates: (_id: string, candidates: IceCandidate[]) => send(() => other().addCandidates(candidates)),
          wantStreams: async () => {},
          reportMedia: async () => {},
          reportFlow: () => {},
        },
      });
    };
    this.caller = link('caller', () => this.callee);
    this.callee = link('callee', () => this.caller);
  }

  async connect(): Promise<void> {
    const offer = await this.caller.createFirstOffer();
    await this.callee.prepareAnswer(session(true), offer);
    const answer = await this.callee.answerPrepared();
    await this.caller.bind(session(false));
    this.callee.accepted(session(true));
    this.caller.handleDescription(answer);
    await this.until(() => this.caller.isConnected && this.callee.isConnected, 'both to be connected');
  }

  sends(side: 'caller' | 'callee', isSending: boolean): void {
    this.tracks[side] = { ...nothing, Video: isSending ? this.cameras[side] : undefined };
    void this[side].syncTracks();
  }

  /** Both sides see exactly what the other sends. */
  async agrees(): Promise<void> {
    const receives = (link: MediaLink) => link.remoteStreams.some((stream) => {
      const direction = link.sections.byMid(stream.mid)?.currentDirection;
      return stream.mediaStreamType === 'Video' && (direction === 'sendrecv' || direction === 'recvonly');
    });
    const hears = (link: MediaLink) => link.remoteStreams.some(({ mid, mediaStreamType }) => mediaStreamType === 'Audio' && link.sections.byMid(mid)?.currentDirection === 'sendrecv');
    const isStable = () => this.caller.peerConnection.signalingState === 'stable' && this.callee.peerConnection.signalingState === 'stable';
    await this.until(
      () => isStable() && hears(this.caller) && hears(this.callee) && receives(this.caller) === (this.tracks.callee.Video !== undefined) && receives(this.callee) === (this.tracks.caller.Video !== undefined),
      `both to agree after ${this.crossed.join(', ')}`,
    );
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), patienceMs);
      this.changed = () => {
        if (!condition()) return;
        clearTimeout(timer);
        this.changed = () => {};
        resolve();
      };
    });
  }

  close(): void {
    this.caller.close();
    this.callee.close();
  }
}

const nothing: SlotTracks = { Audio: undefined, Video: undefined, ScreenSharing: undefined };

function camera(): MediaStreamTrack {
  return new webrtc.nonstandard.RTCVideoSource().createTrack();
}

function closing(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const close = connection.close.bind(connection);
    connection.close = () => {
      close();
      resolve();
    };
  });
}

function session(polite: boolean): MediaSession {
  return {
    mediaSessionId: 'session', topology: 'peerToPeer', state: 'negotiating', polite, offerer: polite ? 'remote' : 'local', iceServers: [],
    iceTransportPolicy: 'all', remoteCandidates: [], localRevision: 1,
  };
}

test('offers that cross end in agreement, whatever the order of events', async () => {
  for (let seed = 1; seed <= 6; seed += 1) {
    const pair = new Pair(seed, 20);
    await pair.connect();
    const random = seeded(seed * 7);
    for (let step = 0; step < 6; step += 1) {
      // Mostly both in the same moment, so that their offers cross.
      const choice = random();
      if (choice < 0.8) pair.sends('caller', random() < 0.5);
      if (choice > 0.2) pair.sends('callee', random() < 0.5);
      if (random() < 0.5) await pair.agrees();
    }
    await pair.agrees();
    pair.close();
  }
});

test('a picture whose track comes into its new section only after the offer is announced all the same', async () => {
  const pair = new Pair(11, 1);
  await pair.connect();
  const { peerConnection } = pair.callee;
  const addTransceiver = peerConnection.addTransceiver.bind(peerConnection);
  let putTrack = () => {};
  const opened = new Promise<void>((resolve) => {
    peerConnection.addTransceiver = (...args) => {
      const transceiver = addTransceiver(...args);
      const replaceTrack = transceiver.sender.replaceTrack.bind(transceiver.sender);
      const value = async (track: MediaStreamTrack | null) => {
        resolve();
        await new Promise<void>((put) => {
          putTrack = put;
        });
        await replaceTrack(track);
      };
      Object.defineProperty(transceiver.sender, 'replaceTrack', { value });
      return transceiver;
    };
  });
  pair.sends('callee', true);
  await opened;
  // The polite side offers the section that the other side opens now, and with it its own.
  pair.sends('caller', true);
  await pair.until(() => pair.caller.peerConnection.getTransceivers().length === 3 && peerConnection.signalingState === 'stable', 'the section to be open');
  putTrack();
  await pair.agrees();
  pair.close();
});

test('a camera that opens while the answer is on its way is offered once the answer was taken', async () => {
  const pair = new Pair(13, 1);
  const offer = await pair.caller.createFirstOffer();
  await pair.callee.prepareAnswer(session(true), offer);
  const answer = await pair.callee.answerPrepared();
  pair.tracks.callee = { ...nothing, Video: pair.cameras.callee };
  await pair.callee.syncTracks();
  assert.equal(pair.callee.peerConnection.signalingState, 'stable');
  await pair.caller.bind(session(false));
  pair.callee.accepted(session(true));
  pair.caller.handleDescription(answer);
  await pair.agrees();
  assert.deepEqual(pair.crossed, ['callee offer', 'caller answer']);
  pair.close();
});

test('everything delivered twice changes nothing', async () => {
  const pair = new Pair(3, 5, true);
  await pair.connect();
  pair.sends('caller', true);
  pair.sends('callee', true);
  await pair.agrees();
  pair.close();
});

test('an answer lost with the event stream comes back when the call is resynchronised', async () => {
  const pair = new Pair(5, 1);
  await pair.connect();
  // The caller offers video and goes deaf: the callee's answer, and then its own offer, are never seen.
  const handle = pair.caller.handleDescription.bind(pair.caller);
  const lost: MediaDescription[] = [];
  let offerLost = () => {};
  const offered = new Promise<void>((resolve) => {
    offerLost = resolve;
  });
  pair.caller.handleDescription = (description) => {
    lost.push(description);
    if (description.type === 'offer') offerLost();
  };
  pair.sends('caller', true);
  await pair.until(() => pair.callee.remoteStreams.length === 2, 'the offer to arrive');
  pair.sends('callee', true);
  await offered;
  pair.caller.handleDescription = handle;
  const newest = lost.at(-1);
  assert.ok(newest);
  pair.caller.resynchronise({ ...session(false), localRevision: 2, remoteDescription: newest });
  await pair.agrees();
  pair.close();
});

test('the polite side offers once what only the other side has offered', async () => {
  const pair = new Pair(10, 1);
  await pair.connect();
  const isStable = () => pair.callee.peerConnection.signalingState === 'stable' && pair.caller.peerConnection.signalingState === 'stable';
  const offers = () => pair.crossed.filter((description) => description === 'callee offer').length;
  await pair.until(() => offers() === 1 && pair.crossed.includes('caller answer') && isStable(), 'the section for audio');
  pair.sends('caller', true);
  await pair.agrees();
  await pair.until(() => offers() === 2 && isStable(), 'the section for video');
  pair.sends('caller', false);
  await pair.agrees();
  assert.equal(offers(), 2, 'a section that is known is not offered again');
  pair.close();
});

test('a change of network opens another connection, which takes the place of the first', async () => {
  const pair = new Pair(8, 5);
  await pair.connect();
  pair.sends('caller', true);
  pair.sends('callee', true);
  await pair.agrees();
  const before = [pair.caller.peerConnection, pair.callee.peerConnection];
  const closed = before.map((connection) => closing(connection));
  pair.caller.networkChanged();
  pair.callee.networkChanged();
  await pair.until(() => pair.caller.peerConnection !== before[0] && pair.callee.peerConnection !== before[1], 'the successors');
  assert.deepEqual([pair.caller.isConnected, pair.callee.isConnected], [true, true]);
  await pair.agrees();
  await Promise.all(closed);
  pair.sends('caller', false);
  await pair.agrees();
  pair.close();
});

test('renewed credentials of the relay are taken without an offer, and the next connection uses them', async () => {
  const pair = new Pair(9, 1);
  await pair.connect();
  const offers = pair.crossed.length;
  const iceServers = [{ urls: ['turn:127.0.0.1:9?transport=udp'], username: 'later', credential: 'secret' }];
  pair.caller.update({ ...session(false), iceServers });
  assert.deepEqual(pair.caller.peerConnection.getConfiguration().iceServers?.map(({ username }) => username), ['later']);
  await pair.caller.syncTracks();
  assert.equal(pair.crossed.length, offers);
  pair.caller.networkChanged();
  const before = pair.caller.peerConnection;
  await pair.until(() => pair.caller.peerConnection !== before, 'the successor');
  assert.deepEqual(pair.caller.peerConnection.getConfiguration().iceServers?.map(({ username }) => username), ['later']);
  pair.close();
});
