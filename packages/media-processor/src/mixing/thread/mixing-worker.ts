/** The thread of the audio mixer: see `start-audio-mixer.ts`. */
import { workerData } from 'node:worker_threads';
import { loadAudioKernels } from '../audio-workspace.ts';
import type { RingedWorkerData, ThreadReport } from '../../threads/ringed-thread.ts';
import { MixingThread } from './mixing-thread.ts';

const data = workerData as RingedWorkerData;
const kernels = loadAudioKernels();
if (kernels.kind === 'absent') data.port.postMessage({ kind: 'absent', absentBecause: kernels.absentBecause } satisfies ThreadReport);
else new MixingThread(data, kernels.exports).run();
data.port.close();
