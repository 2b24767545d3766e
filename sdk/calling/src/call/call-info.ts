import type { Call as CallView } from '@dialplane/calling-api';
import { clientError } from '../communication-services-error.ts';
import { EventEmitter } from '../event-emitter.ts';
import type { CallInfo, CallInfoEvents } from '../public/call.ts';

/** What a call is joined by. */
export type CallPlace = { readonly groupId: string } | { readonly roomId: string };

/** The ids of a call, as they become known. */
export class CallIds extends EventEmitter<CallInfoEvents> implements CallInfo {
  groupId: string | undefined;
  roomId: string | undefined;
  readonly threadId = undefined;
  participantId = '';
  private readonly serverCallId: Promise<string>;
  private resolve: (serverCallId: string) => void = () => {};
  private reject: (error: Error) => void = () => {};

  constructor(place?: CallPlace) {
    super();
    if (place !== undefined && 'groupId' in place) this.groupId = place.groupId;
    else this.roomId = place?.roomId;
    this.serverCallId = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Nobody has to ask.
    this.serverCallId.catch(() => {});
  }

  async getServerCallId(): Promise<string> {
    return await this.serverCallId;
  }

  update(view: CallView): void {
    this.resolve(view.serverCallId);
    if (this.participantId === view.self.participantId && this.groupId === view.groupId) return;
    this.participantId = view.self.participantId;
    this.groupId = view.groupId;
    this.roomId = view.roomId;
    this.emit('callInfoChanged');
  }

  /** The call ended; who still waits for its id learns that there is none. */
  end(): void {
    this.reject(clientError('CALL_ENDED'));
  }
}
