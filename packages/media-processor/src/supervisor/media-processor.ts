import type { MediaControl } from '@dialplane/media-api';

/** The Media Processor, seen from the process that owns the calls. */
export interface MediaProcessor extends MediaControl {
  /**
   * Starts the media processes and resolves when all of them listen.
   * @throws {MediaProcessorError} When one of them does not; nothing is left running.
   */
  start(): Promise<void>;
  /** Refuses new conferences; those that are there go on. */
  drain(): void;
  /** Ends the processes; nothing more is told of their conferences. */
  close(): Promise<void>;
  status(): MediaProcessorStatus;
  /** Where the processes listen, for whoever lets packets through. */
  addresses(): readonly MediaAddress[];
  /** The machine has these addresses from now on: legs that are described from then on are told them. Connections that are there go on where they are. */
  listen(addresses: readonly string[]): void;
  /**
   * Says that a client speaks TCP or TLS with our relay at a relayed transport address (`192.0.2.1:50000`, `[2001:db8::1]:50000`), or does not any more: a leg that comes from there is
   * not on UDP, and gets the mixed picture.
   */
  setStreamRelay(address: string, isOpen: boolean): void;
}

export interface MediaAddress {
  readonly address: string;
  readonly port: number;
}

/** Figures of now. */
export interface MediaProcessorStatus {
  readonly processes: readonly MediaProcessStatus[];
  readonly conferences: number;
  readonly legs: number;
  /** Processes that were lost or did not start, since the beginning. */
  readonly restarts: number;
}

export interface MediaProcessStatus {
  readonly name: string;
  readonly isRunning: boolean;
  /** Absent while it is not running. */
  readonly processId?: number;
  readonly conferences: number;
  readonly legs: number;
  /** Of one core, 0 to 1. */
  readonly load: number;
}
