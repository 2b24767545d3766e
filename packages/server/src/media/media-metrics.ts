import type { MediaProcessor } from '@dialplane/media-processor';
import type { Metrics } from '@dialplane/telemetry';

/** Shows in `/metrics` what the media processes do now. */
export function mediaMetrics(metrics: Metrics, processor: MediaProcessor): void {
  const now = (name: string, help: string, sample: () => number): void => metrics.sampledGauge({ name, help }, sample);
  now('media_conferences', 'Conferences in media processes.', () => processor.status().conferences);
  now('media_legs', 'Legs of participants in media processes.', () => processor.status().legs);
  now('media_processes', 'Media processes that run, with the one that is kept ready.', () => processor.status().processes.filter(({ isRunning }) => isRunning).length);
  now('media_busiest_process_load', 'Load of the busiest media process, of one core.', () => Math.max(0, ...processor.status().processes.map(({ load }) => load)));
  metrics.sampledCounter({ name: 'media_process_restarts_total', help: 'Media processes that were lost or did not start.' }, () => processor.status().restarts);
}
