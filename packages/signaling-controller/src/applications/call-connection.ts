import type { CallConnectionProperties } from '@dialplane/applications-api';

/** An application's part in one call, as long as it lasts: what is known of it beside what the call's machine knows. */
export interface CallConnection extends Omit<CallConnectionProperties, 'serverCallId' | 'state'> {
  readonly resourceId: string;
  /** What the application calls it; every event of the connection as a whole has it. */
  readonly operationContext?: string;
  /** Wall-clock milliseconds. */
  readonly createdAt: number;
}
