import type { CommandResult } from '@dialplane/call';
import type { ApiError } from '../http/api-error.ts';
import type { Turn } from './running-call.ts';

interface WaitingCommand {
  readonly callId: string;
  resolve(result: CommandResult): void;
  reject(error: ApiError): void;
}

/** Commands whose result is not stored yet, and so not told. */
export class WaitingCommands {
  private readonly waiting = new Map<string, WaitingCommand>();

  /** @returns What comes of the command; rejects with an `ApiError` when its call is lost before. */
  add(callId: string, commandId: string): Promise<CommandResult> {
    const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
    this.waiting.set(commandId, { callId, resolve, reject });
    return promise;
  }

  answer(results: Turn['results']): void {
    for (const { commandId, result } of results) {
      const command = this.waiting.get(commandId);
      this.waiting.delete(commandId);
      command?.resolve(result);
    }
  }

  /** Nothing comes any more of the commands of a call. */
  reject(callId: string, error: ApiError): void {
    for (const [commandId, command] of this.waiting) {
      if (command.callId !== callId) continue;
      this.waiting.delete(commandId);
      command.reject(error);
    }
  }
}
