/**
 * A file that is memory: what is written into `bytes` is in the file without a call, also when the process is killed (`kill -9`) the moment after. A
 * power failure may lose the last seconds.
 */
export interface MappedFile {
  /** `mapped`: as above. `written`: the fallback writes the bytes to the file every second and when it is closed. */
  readonly implementation: 'mapped' | 'written';
  /** Of `written`: why it is not mapped, as a sentence for the log. */
  readonly absentBecause?: string;
  /** As long as was asked for; what the file held before is in it, new bytes are 0. Not to be touched after `close`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  close(): void;
}
