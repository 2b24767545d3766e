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
    return { control: absentMedia(absence), processor: undefined, addresses: () => [] };
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
  logger.info({ addresses: processor.addresses(), processes: options.mediaProcesses }, 'The media processor is ready.');
  return { control: processor, processor, addresses: () => withPublic(processor.addresses(), publicAddresses) };
}

/** Loopback only where the machine has nothing else. */
function listenAddresses(options: ServerOptions): readonly string[] {
  const bound = boundAddress(options.host);
  if (bound !== undefined) return [bound];
  const reachable = reachableAddresses();
  return reachable.length > 0 ? reachable : ['127.0.0.1'];
}

function withPublic(listening: readonly MediaAddress[], publicAddresses: readonly string[]): readonly MediaAddress[] {
  const ports = [...new Set(listening.map(({ port }) => port))];
  return [...listening, ...publicAddresses.flatMap((address) => ports.map((port) => ({ address, port })))];
}
