/** Starts a Media Processor, writes the ids of its processes and stays until it is killed. */
import { createLogger } from '@dialplane/telemetry';
import { createMediaProcessor } from './create-media-processor.ts';
import { testCertificate } from './test-media-processor.ts';

const processor = createMediaProcessor({
  logger: createLogger({ level: 'silent' }), firstPort: 0, processes: 1, listenAddresses: ['127.0.0.1'], publicAddresses: [], certificate: testCertificate(),
});
await processor.start();
process.stdout.write(`${JSON.stringify(processor.status().processes.map(({ processId }) => processId))}\n`);
