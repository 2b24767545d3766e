/** The thread of the video composer: see `start-video-composer.ts`. */
import { workerData } from 'node:worker_threads';
import type { RingedWorkerData, ThreadReport } from '../threads/ringed-thread.ts';
import { ComposingThread } from './composing-thread.ts';
import { loadPictureKernels } from './picture-kernels.ts';

const data = workerData as RingedWorkerData;
const kernels = loadPictureKernels();
if (kernels.kind === 'absent') data.port.postMessage({ kind: 'absent', absentBecause: kernels.absentBecause } satisfies ThreadReport);
else new ComposingThread(data, kernels.exports).run();
data.port.close();
