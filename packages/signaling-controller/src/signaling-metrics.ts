import { endReasons, operations, type OperationId } from '@dialplane/calling-api';
import type { Metrics } from '@dialplane/telemetry';

/** What the sampled gauges read. */
export interface SignalingGauges {
  calls(): number;
  /** Those of them whose media flows through a media processor. */
  conferences(): number;
  endpoints(): number;
  streams(): number;
}

/** The metrics of the signaling controller. */
export interface SignalingMetrics {
  callStarted(): void;
  callEnded(reason: { readonly code: number; readonly subCode: number }): void;
  /** Another conference takes the place of one that was lost. */
  conferenceReopened(): void;
  eventPublished(): void;
  /** An event for an application was taken, given up after all tries, or dropped because too many waited. */
  applicationTold(outcome: 'taken' | 'givenUp' | 'dropped'): void;
  requestAnswered(operation: OperationId, status: number, durationMs: number): void;
  committed(durationMs: number): void;
}

const reasonNames = new Map(Object.entries(endReasons).map(([name, { code, subCode }]) => [`${code}/${subCode}`, name]));
const outcomes = ['2xx', '4xx', '5xx'] as const;

export function signalingMetrics(metrics: Metrics, gauges: SignalingGauges): SignalingMetrics {
  metrics.sampledGauge({ name: 'calls_running', help: 'Calls that run now.' }, gauges.calls);
  metrics.sampledGauge({ name: 'conferences_open', help: 'Calls that have a conference at a media processor.' }, gauges.conferences);
  metrics.sampledGauge({ name: 'endpoints_registered', help: 'Registered endpoints.' }, gauges.endpoints);
  metrics.sampledGauge({ name: 'event_streams_open', help: 'Endpoints with an open event stream or long poll.' }, gauges.streams);
  const started = metrics.counter({ name: 'calls_started_total', help: 'Calls that were started or joined first.' });
  const ended = metrics.counter({ name: 'calls_ended_total', help: 'Calls that ended, by reason.', labels: { reason: [...Object.keys(endReasons), 'other'] } });
  const reopened = metrics.counter({ name: 'conferences_reopened_total', help: 'Conferences opened in place of one that was lost.' });
  const events = metrics.counter({ name: 'events_published_total', help: 'Events given to endpoints.' });
  const told = metrics.counter({ name: 'application_events_total', help: 'Events for applications in calls, by what became of them.', labels: { outcome: ['taken', 'givenUp', 'dropped'] } });
  const requests = metrics.histogram({
    name: 'request_duration_seconds',
    help: 'Time from the request line to the end of the answer.',
    labels: { operation: Object.keys(operations), outcome: [...outcomes] },
    buckets: [0.002, 0.01, 0.05, 0.25, 1, 5],
  });
  const commits = metrics.histogram({ name: 'call_commit_duration_seconds', help: 'Time until a change of a call was stored.', buckets: [0.001, 0.005, 0.02, 0.1, 0.5] });
  return {
    callStarted: () => started.increment({}),
    callEnded: ({ code, subCode }) => ended.increment({ reason: reasonNames.get(`${code}/${subCode}`) ?? 'other' }),
    conferenceReopened: () => reopened.increment({}),
    eventPublished: () => events.increment({}),
    applicationTold: (outcome) => told.increment({ outcome }),
    requestAnswered: (operation, status, durationMs) => requests.observe({ operation, outcome: status < 400 ? '2xx' : status < 500 ? '4xx' : '5xx' }, durationMs / 1000),
    committed: (durationMs) => commits.observe({}, durationMs / 1000),
  };
}
