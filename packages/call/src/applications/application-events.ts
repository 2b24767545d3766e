import type { ApplicationEvent } from './application-model.ts';
import type { LiveCall } from '../live-call.ts';

/** Tells an application something; one that is not (or no longer) here is told nothing. */
export function tellApplication(live: LiveCall, connectionId: string, event: ApplicationEvent): void {
  if (live.model.applications.has(connectionId)) live.effects.push({ kind: 'output', output: { kind: 'application', connectionId, event } });
}
