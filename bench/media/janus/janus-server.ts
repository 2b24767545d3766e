import { LoadClient } from '../load-client.ts';
import type { LoadEngine } from '../load-engine.ts';
import type { ForwardedRoomPlan, MediaServer, MixedParticipant, MixedRoom, Room, SentTrack } from '../media-server.ts';
import { inParallel } from '../in-parallel.ts';
import { makeAnswer, makeOffer, type OfferedSection, type OfferOptions, readCandidate } from './descriptions.ts';
import type { JanusApi } from './janus-api.ts';
import { startJanus } from './start-janus.ts';

let lastNumber = 1000;
/** Rooms and SSRCs: any number that is new. */
const nextNumber = (): number => (lastNumber += 1);

/** Debian's janus: VideoRoom forwards, AudioBridge mixes. */
export async function openJanus(folder: string, host: string, port: number, core: number): Promise<MediaServer> {
  const { pid, api, [Symbol.asyncDispose]: stop } = await startJanus(folder, host, port, core);
  return {
    title: 'janus',
    pid,
    openForwarded: (engine, plan) => openVideoRoom(api, engine, plan),
    openMixed: () => openAudioBridge(api),
    [Symbol.asyncDispose]: stop,
  };
}

function optionsOf(engine: LoadEngine, client: LoadClient): OfferOptions {
  return { host: engine.host, port: client.port, credentials: client.ice.local, fingerprint: engine.identity.fingerprint };
}

async function openVideoRoom(api: JanusApi, engine: LoadEngine, plan: ForwardedRoomPlan): Promise<Room> {
  const room = nextNumber();
  const handles: number[] = [];
  const attach = async (): Promise<number> => {
    const handle = await api.attach('janus.plugin.videoroom');
    handles.push(handle);
    return handle;
  };
  await api.message(await attach(), { request: 'create', room, publishers: plan.participants, bitrate: 0, audiocodec: 'opus', videocodec: 'vp8', audiolevel_ext: true });
  const tracks: SentTrack[] = [];
  const feeds = new Map<number, unknown>();
  for (let participant = 0; participant < plan.participants; participant += 1) {
    const codecs = plan.sends(participant);
    if (codecs.length === 0) continue;
    const handle = await attach();
    const { data } = await api.message(handle, { request: 'join', ptype: 'publisher', room });
    feeds.set(participant, data['id']);
    tracks.push(...(await publish(api, engine, handle, codecs.map((codec) => ({ codec, ssrc: nextNumber() })))));
  }
  const wishes = Array.from({ length: plan.participants }, (_, participant) => plan.receives(participant).map((sender) => ({ feed: feeds.get(sender) }))).filter(({ length }) => length > 0);
  const receivers = await inParallel(wishes, async (streams) => subscribe(api, engine, await attach(), room, streams));
  return { tracks, receivers, [Symbol.asyncDispose]: () => leave(api, handles, [...new Set([...tracks.map(({ client }) => client), ...receivers])]) };
}

async function publish(api: JanusApi, engine: LoadEngine, handle: number, sections: readonly OfferedSection[]): Promise<readonly SentTrack[]> {
  const client = new LoadClient(engine);
  const { jsep } = await api.message(handle, { request: 'publish' }, { type: 'offer', sdp: makeOffer(optionsOf(engine, client), sections, 'sendonly') });
  await Promise.all([client.connect(readCandidate(jsep?.sdp ?? '')), api.untilUp(handle)]);
  return sections.map(({ ssrc, codec }) => ({ client, ssrc, codec }));
}

async function subscribe(api: JanusApi, engine: LoadEngine, handle: number, room: number, streams: readonly object[]): Promise<LoadClient> {
  const client = new LoadClient(engine);
  const { jsep } = await api.message(handle, { request: 'join', ptype: 'subscriber', room, streams });
  const offer = jsep?.sdp ?? '';
  await api.message(handle, { request: 'start', room }, { type: 'answer', sdp: makeAnswer(optionsOf(engine, client), offer) });
  await Promise.all([client.connect(readCandidate(offer)), api.untilUp(handle)]);
  return client;
}

async function openAudioBridge(api: JanusApi): Promise<MixedRoom> {
  const room = nextNumber();
  const control = await api.attach('janus.plugin.audiobridge');
  await api.message(control, { request: 'create', room, sampling_rate: 48_000, audiolevel_ext: true });
  return {
    join: (engine, codec) => joinAudioBridge(api, engine, room, codec),
    [Symbol.asyncDispose]: async () => {
      await api.message(control, { request: 'destroy', room });
      await api.detach(control);
    },
  };
}

async function joinAudioBridge(api: JanusApi, engine: LoadEngine, room: number, codec: 'opus' | 'pcmu'): Promise<MixedParticipant> {
  const handle = await api.attach('janus.plugin.audiobridge');
  await api.message(handle, { request: 'join', room, codec });
  const client = new LoadClient(engine);
  const ssrc = nextNumber();
  const sdp = makeOffer(optionsOf(engine, client), [{ codec, ssrc }], 'sendrecv');
  const { jsep } = await api.message(handle, { request: 'configure', muted: false }, { type: 'offer', sdp });
  await Promise.all([client.connect(readCandidate(jsep?.sdp ?? '')), api.untilUp(handle)]);
  return { client, ssrc, [Symbol.asyncDispose]: () => leave(api, [handle], [client]) };
}

async function leave(api: JanusApi, handles: readonly number[], clients: readonly LoadClient[]): Promise<void> {
  for (const client of clients) client.close();
  for (const handle of handles) await api.detach(handle);
}
