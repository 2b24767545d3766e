import { loadDtls, loadKernel, loadSrtp } from '@dialplane/kernels';
import { startVideoComposer } from '../composing/start-video-composer.ts';
import { startAudioMixer } from '../mixing/thread/start-audio-mixer.ts';
import type { ProcessCommand, ProcessEvent, ProcessSettings } from '../process-api/process-messages.ts';
import { TurnBatch } from '../threads/turn-batch.ts';
import { MediaPlane } from './media-plane.ts';

/** A media process: the plane behind an IPC channel, with which it lives and ends. */
function run(): void {
  let plane: MediaPlane | undefined;
  process.on('disconnect', () => process.exit(0));
  // A terminal and a service manager send these to the server's whole family, while its calls are still to be told.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  process.on('message', (commands: readonly ProcessCommand[]) => {
    const [first] = commands;
    if (first?.kind === 'start') void start(first.settings).then((started) => (plane = started));
    else plane?.handle(commands.filter((command) => command.kind !== 'start'));
  });
}

async function start(settings: ProcessSettings): Promise<MediaPlane | undefined> {
  const [udp, srtp, dtls] = [loadKernel('udp'), loadSrtp(), loadDtls()];
  for (const kernel of [udp, srtp, dtls]) if (kernel.kind === 'absent') tell({ kind: 'startFailed', sentence: kernel.absentBecause });
  if (udp.kind === 'absent' || srtp.kind === 'absent' || dtls.kind === 'absent') return undefined;
  try {
    const plane = new MediaPlane({ settings, srtp: srtp.exports, dtls: dtls.exports, tell, thread: 'own' });
    const [mixer, composer] = await Promise.all([startAudioMixer(plane.mixing), startVideoComposer(plane.composing)]);
    if (mixer.kind === 'loaded') plane.mixing.use(mixer.exports);
    else tell({ kind: 'logged', level: 'warn', message: `Sound is forwarded and never mixed: ${mixer.absentBecause}` });
    if (composer.kind === 'loaded') plane.composing.use(composer.exports);
    else tell({ kind: 'logged', level: 'warn', message: `Pictures are forwarded and never composed: ${composer.absentBecause}` });
    plane.start();
    return plane;
  } catch (error) {
    tell({ kind: 'startFailed', sentence: `The media process cannot start: ${error instanceof Error ? error.message : String(error)}.` });
    return undefined;
  }
}

/** What the supervisor no longer hears, nobody needs. */
const events = new TurnBatch<ProcessEvent>((batch) => {
  if (process.connected) process.send?.(batch, undefined, undefined, () => undefined);
});

function tell(event: ProcessEvent): void {
  events.add(event);
}

run();
