import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { MediaDescription } from '@dialplane/calling-api';
import { createMediaProcessor, type MediaProcessor } from '@dialplane/media-processor';
import type { MediaEvent } from '@dialplane/media-api';
import { createLogger } from '@dialplane/telemetry';
import { makeCertificate } from '../certificate.ts';
import type { CallServer } from './call-server.ts';

/** Our Media Processor: its supervisor in this process, one media process on a core of its own. */
export async function openOurProcessor(host: string, core: number): Promise<CallServer> {
  const before = new Set(childrenOf(process.pid));
  const { certificate, privateKey } = makeCertificate(tmpdir(), 'dialplane-transcode');
  const processor = createMediaProcessor({
    logger: createLogger({ level: 'silent' }), firstPort: 0, processes: 1, trunkPorts: { first: 40_000, last: 47_999 }, listenAddresses: [host], publicAddresses: [], certificate: { certificatePem: certificate, privateKeyPem: privateKey },
  });
  await processor.start();
  const pids = childrenOf(process.pid).filter((pid) => !before.has(pid));
  for (const pid of pids) spawnSync('taskset', ['--all-tasks', '--pid', '--cpu-list', String(core), String(pid)]);
  return new OurProcessor(processor, pids);
}

class OurProcessor implements CallServer {
  readonly title = 'dialplane';
  readonly pids: readonly number[];
  private readonly processor: MediaProcessor;
  private readonly waiting = new Map<string, (event: MediaEvent) => void>();
  private readonly conferences: string[] = [];
  private lastNumber = 0;

  constructor(processor: MediaProcessor, pids: readonly number[]) {
    this.processor = processor;
    this.pids = pids;
    processor.onEvent((event) => this.take(event));
  }

  async connect({ offer, from, to, isSecured, answer }: Parameters<CallServer['connect']>[0]): Promise<string> {
    const conferenceId = `call-${(this.lastNumber += 1)}`;
    this.conferences.push(conferenceId);
    this.processor.send({ kind: 'openConference', conferenceId, callId: conferenceId, modes: { audio: 'mixed', video: 'forwarded' } });
    const [caller, callee] = [`${conferenceId} a`, `${conferenceId} b`];
    // The telephones have no telephone events, and nobody listens for keys in their sound.
    const plain = { kind: 'rtp', srtp: 'forbidden', dtmf: 'info' } as const;
    this.processor.send({ kind: 'openLeg', conferenceId, legId: caller, identifier: '4:+15550100', isMuted: false, request: { ...plain, codecs: [from], offer: description('offer', offer) } });
    const answered = await this.described(caller);
    this.processor.send({ kind: 'openLeg', conferenceId, legId: callee, identifier: '4:+15550101', isMuted: false, request: { ...plain, srtp: isSecured ? 'required' : 'forbidden', codecs: [to] } });
    const offered = await this.described(callee);
    this.processor.send({ kind: 'describe', conferenceId, legId: callee, description: description('answer', answer(offered)) });
    return answered;
  }

  async hangUp(): Promise<void> {
    for (const conferenceId of this.conferences.splice(0)) this.processor.send({ kind: 'closeConference', conferenceId });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.processor.close();
  }

  private async described(legId: string): Promise<string> {
    const event = await new Promise<MediaEvent>((resolve) => void this.waiting.set(legId, resolve));
    if (event.kind !== 'legDescribed') throw new Error(`a leg was not described: ${JSON.stringify(event)}`);
    return event.description.sdp;
  }

  private take(event: MediaEvent): void {
    if (event.kind !== 'legDescribed' && event.kind !== 'commandFailed') return;
    this.waiting.get(event.legId ?? '')?.(event);
    this.waiting.delete(event.legId ?? '');
  }
}

function description(type: 'offer' | 'answer', sdp: string): MediaDescription {
  return { type, sdp, revision: 1, streams: [] };
}

/** Process ids of all children of a process. */
function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ').filter((word) => word !== '').map(Number));
}
