import type { MediaControl } from '@dialplane/media-api';
import { createMediaProcessor, MediaProcessorError, type MediaAddress, type MediaProcessor } from '@dialplane/media-processor';
import type { Logger, Metrics } from '@dialplane/telemetry';
import { issueMediaCertificate } from '../certificates/issue-certificate.ts';
import { reachableAddresses } from '../certificates/local-names.ts';
import type { ServerOptions } from '../command-line/options.ts';
import { Failure } from '../failures.ts';
import { boundAddress, publicRelayAddresses } from '../relay/relay-addresses.ts';
import { absentMedia } from './absent-media.ts';
import { missingMediaKernels } from './media-kernels.ts';
import { mediaMetrics } from './media-metrics.ts';
import type { SoundPart } from './open-sounds.ts';

/** As often as the relay looks. */
const followAddressesMs = 5_000;

export interface OpenMediaOptions {
  readonly options: ServerOptions;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly sounds: SoundPart;
}

/** The Media Processor of this server, or why there is none. */
export interface MediaPart {
  readonly control: MediaControl;
  readonly processor: MediaProcessor | undefined;
  /** Addresses at which clients and relays reach media processes, public ones included. */
  readonly addresses: () => readonly MediaAddress[];
  /** Ends the processes. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the media processes with a certificate of their own, made for this run. Where a kernel is missing there are no group calls, and who wants one is told what to install.
 *
 * @throws {Failure} `MEDIA_UNUSABLE`
 */
export async function openMedia({ options, logger, metrics, sounds }: OpenMediaOptions): Promise<MediaPart> {
  const absence = options.media ? missingMediaKernels() : 'Group calls are turned off on this server (--media off).';
  if (absence !== undefined) {
    if (options.media) logger.warn({ reason: absence }, 'There are no group calls.');
    return { control: absentMedia(absence), processor: undefined, addresses: () => [], close: async () => undefined };
  }
  const publicAddresses = await publicRelayAddresses(options, logger);
  const processor = createMediaProcessor({
    logger, publicAddresses, listenAddresses: listenAddresses(options), firstPort: options.mediaPort, processes: options.mediaProcesses, trunkPorts: options.trunkPorts,
    soundFolder: sounds.library.folder, ...(sounds.holdMusic !== undefined && { holdMusic: sounds.holdMusic }),
    certificate: await issueMediaCertificate(Date.now()),
  });
  try {
    await processor.start();
  } catch (error) {
    throw error instanceof MediaProcessorError ? new Failure('MEDIA_UNUSABLE', error.detail ?? error.message, error) : error;
  }
  mediaMetrics(metrics, processor);
  const following = followAddresses(options, processor, logger);
  logger.info({ addresses: processor.addresses(), processes: options.mediaProcesses }, 'The media processor is ready.');
  return {
    control: processor, processor, addresses: () => withPublic(processor.addresses(), publicAddresses),
    close: async () => {
      clearInterval(following);
      await processor.close();
    },
  };
}

/** Loopback only where the machine has nothing else. */
function listenAddresses(options: ServerOptions): readonly string[] {
  const bound = boundAddress(options.host);
  if (bound !== undefined) return [bound];
  const reachable = reachableAddresses();
  return reachable.length > 0 ? reachable : ['127.0.0.1'];
}

/** Looks at the addresses of the machine now and then. @returns what goes on until it is cleared. */
function followAddresses(options: ServerOptions, processor: MediaProcessor, logger: Logger): NodeJS.Timeout {
  let known = listenAddresses(options);
  return setInterval(() => {
    const addresses = listenAddresses(options);
    if (addresses.join() === known.join()) return;
    known = addresses;
    logger.info({ addresses }, 'The machine has other addresses: clients of group calls are told these from now on.');
    processor.listen(addresses);
  }, followAddressesMs);
}

function withPublic(listening: readonly MediaAddress[], publicAddresses: readonly string[]): readonly MediaAddress[] {
  const ports = [...new Set(listening.map(({ port }) => port))];
  return [...listening, ...publicAddresses.flatMap((address) => ports.map((port) => ({ address, port })))];
}
