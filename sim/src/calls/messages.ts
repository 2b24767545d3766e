import type { CallCommand, CommandResult, EndpointIdentity } from '@dialplane/call';
import type { Call, EndpointEvent } from '@dialplane/calling-api';
import type { MediaCommand, MediaEvent } from '@dialplane/media-api';
import type { Request, Response } from '../request-client.ts';

type WithoutId<Command> = Command extends CallCommand ? Omit<Command, 'commandId'> : never;
/** A command before the request that carries it gives it its id. */
export type CommandBody = WithoutId<CallCommand>;

/** What a client asks of the controller. The request id is the command's idempotency key. */
export type CallRequest =
  /** `callId` is absent for `start` and `join`. */
  | { readonly kind: 'command'; readonly callId?: string; readonly command: CommandBody }
  | { readonly kind: 'close'; readonly endpointId: string };

export type CallResponse = { readonly kind: 'result'; readonly result: CommandResult } | { readonly kind: 'closed' };

/** Everything that travels in the world of calls. `epoch` numbers the runs of the controller. */
export type CallMessage =
  | Request<CallRequest>
  | Response<CallResponse>
  /** The client's event stream, from `after` on; also its sign of life. */
  | { readonly kind: 'resume'; readonly epoch: number; readonly after: number }
  | { readonly kind: 'event'; readonly epoch: number; readonly sequence: number; readonly event: EndpointEvent }
  /** The stream cannot go on where it stopped: everything up to `sequence` in one. */
  | { readonly kind: 'sync'; readonly epoch: number; readonly sequence: number; readonly calls: readonly Call[] }
  | { readonly kind: 'mediaCommand'; readonly command: MediaCommand }
  | { readonly kind: 'mediaEvent'; readonly event: MediaEvent };

/** Who is registered: fixed for a world. A user without endpoints is known but signed in nowhere. */
export type Directory = ReadonlyMap<string, readonly EndpointIdentity[]>;
