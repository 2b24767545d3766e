import type { ProcessCommand, SectionSettings } from '@dialplane/media-processor';
import { inParallel } from '../in-parallel.ts';
import { IceClient } from '../ice-client.ts';
import { LoadClient } from '../load-client.ts';
import { makeCertificate } from '../../certificate.ts';
import type { LoadEngine } from '../load-engine.ts';
import type { ForwardedRoomPlan, MediaServer, MixedParticipant, MixedRoom, Room, SentTrack } from '../media-server.ts';
import { audioLevelExtension, loadPayloadType } from '../media-sources.ts';
import { transportSequenceExtension } from '../transport-sequence.ts';
import { MediaProcess } from './media-process.ts';

type Codec = keyof typeof loadPayloadType;

const soundExtensions = { mid: 0, rid: 0, repairedRid: 0, audioLevel: audioLevelExtension, absoluteSendTime: 0, transportSequence: 0 };
const pictureExtensions = { ...soundExtensions, audioLevel: 0, transportSequence: transportSequenceExtension };
const codecs = {
  opus: { name: 'opus', payloadType: loadPayloadType.opus, clockRate: 48_000, channels: 2, parameters: 'useinbandfec=1', nack: false },
  pcmu: { name: 'PCMU', payloadType: loadPayloadType.pcmu, clockRate: 8000, channels: 1, parameters: '', nack: false },
  vp8: { name: 'VP8', payloadType: loadPayloadType.vp8, clockRate: 90_000, channels: 1, parameters: '', nack: true },
} as const;
/** How many sections for sound a client has: the first for its microphone, too. */
const audioSections = 6;

let lastNumber = 1000;
const nextNumber = (): number => (lastNumber += 1);

/** One media process of ours. */
export async function openDialplane(folder: string, host: string, core: number): Promise<MediaServer> {
  const mediaProcess = await MediaProcess.start(host, core, makeCertificate(folder, 'dialplane'));
  return {
    title: 'dialplane',
    pid: mediaProcess.pid,
    openForwarded: (engine, plan) => openForwarded(mediaProcess, engine, plan),
    openMixed: () => openMixed(mediaProcess),
    [Symbol.asyncDispose]: () => mediaProcess[Symbol.asyncDispose](),
  };
}

function openConference(mediaProcess: MediaProcess, audio: 'mixed' | 'forwarded'): { readonly conferenceId: string; readonly close: () => void } {
  const conferenceId = `conference-${nextNumber()}`;
  mediaProcess.send({ kind: 'openConference', conferenceId, callId: conferenceId, modes: { audio, video: 'forwarded' } });
  return { conferenceId, close: () => mediaProcess.send({ kind: 'closeConference', conferenceId }) };
}

interface OpenLeg {
  readonly client: LoadClient;
  readonly legId: string;
}

async function openLeg(mediaProcess: MediaProcess, engine: LoadEngine, conferenceId: string, identifier: string, sections: readonly SectionSettings[], wanted: Extract<ProcessCommand, { readonly kind: 'setWanted' }>['wanted']): Promise<OpenLeg> {
  const client = new LoadClient(engine);
  const legId = `leg-${nextNumber()}`;
  const { local } = new IceClient();
  mediaProcess.send({ kind: 'openLeg', conferenceId, legId, identifier, isMuted: false });
  const transport = { kind: 'webrtc' as const, generation: 1, local, remote: client.ice.local, dtlsRole: 'server', remoteFingerprint: engine.identity.fingerprint } as const;
  mediaProcess.send({ kind: 'setLeg', conferenceId, legId, transport, sections });
  if (wanted.length > 0) mediaProcess.send({ kind: 'setWanted', conferenceId, legId, wanted });
  await Promise.all([client.connect({ address: engine.host, port: mediaProcess.port, credentials: local }), mediaProcess.untilConnected(legId)]);
  return { client, legId };
}

const identifierOf = (participant: number): string => `8:acs:load_${participant}`;

async function openForwarded(mediaProcess: MediaProcess, engine: LoadEngine, plan: ForwardedRoomPlan): Promise<Room> {
  const { conferenceId, close } = openConference(mediaProcess, 'forwarded');
  const participants = await inParallel(Array.from({ length: plan.participants }), (_, participant) => joinForwarded(mediaProcess, engine, conferenceId, plan, participant));
  return {
    tracks: participants.flatMap(({ tracks }) => tracks),
    receivers: participants.flatMap(({ client }, participant) => (plan.receives(participant).length > 0 ? [client] : [])),
    [Symbol.asyncDispose]: async () => {
      close();
      for (const { client } of participants) client.close();
    },
  };
}

async function joinForwarded(mediaProcess: MediaProcess, engine: LoadEngine, conferenceId: string, plan: ForwardedRoomPlan, participant: number): Promise<{ readonly client: LoadClient; readonly tracks: readonly SentTrack[] }> {
  const sent = plan.sends(participant).map((codec) => ({ codec, ssrc: nextNumber() }));
  const watched = plan.receives(participant).filter((other) => plan.sends(other).includes('vp8'));
  const hearsSound = plan.receives(participant).some((other) => plan.sends(other).includes('opus'));
  const wanted = watched.map((other, index) => ({ mid: `video-${index}`, identifier: identifierOf(other), mediaStreamType: 'Video' as const, width: 640, height: 360 }));
  const sections = [...sent.map(({ codec, ssrc }) => sentSection(codec, ssrc)), ...(hearsSound ? soundSections() : []), ...wanted.map(({ mid }) => pictureSection(mid, engine.pathFeedback))];
  const { client } = await openLeg(mediaProcess, engine, conferenceId, identifierOf(participant), sections, wanted);
  return { client, tracks: sent.map(({ codec, ssrc }) => ({ client, codec, ssrc })) };
}

function sentSection(codec: Codec, ssrc: number): SectionSettings {
  const isVideo = codec === 'vp8';
  return { mid: isVideo ? 'camera' : 'microphone', kind: isVideo ? 'video' : 'audio', codecs: [codecs[codec]], extensions: soundExtensions, receive: { mediaStreamType: isVideo ? 'Video' : 'Audio', rids: [], ssrcs: [{ ssrc }] } };
}

function soundSections(): readonly SectionSettings[] {
  return Array.from({ length: audioSections }, (_, index) => ({ mid: `sound-${index}`, kind: 'audio', codecs: [codecs.opus], extensions: soundExtensions, send: { ssrc: nextNumber() } }));
}

function pictureSection(mid: string, pathFeedback: LoadEngine['pathFeedback']): SectionSettings {
  const extensions = pathFeedback === 'transportWide' ? pictureExtensions : soundExtensions;
  return { mid, kind: 'video', codecs: [codecs.vp8], extensions, send: { ssrc: nextNumber() } };
}

async function openMixed(mediaProcess: MediaProcess): Promise<MixedRoom> {
  const { conferenceId, close } = openConference(mediaProcess, 'mixed');
  return {
    join: (engine, codec) => joinMixed(mediaProcess, engine, conferenceId, codec),
    [Symbol.asyncDispose]: async () => close(),
  };
}

async function joinMixed(mediaProcess: MediaProcess, engine: LoadEngine, conferenceId: string, codec: 'opus' | 'pcmu'): Promise<MixedParticipant> {
  const ssrc = nextNumber();
  const section = { ...sentSection(codec, ssrc), send: { ssrc: nextNumber() } };
  const { client, legId } = await openLeg(mediaProcess, engine, conferenceId, identifierOf(ssrc), [section], []);
  return {
    client,
    ssrc,
    [Symbol.asyncDispose]: async () => {
      mediaProcess.send({ kind: 'closeLeg', conferenceId, legId });
      client.close();
    },
  };
}
