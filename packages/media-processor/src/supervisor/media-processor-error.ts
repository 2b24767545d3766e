/** Every way the Media Processor can fail to start: code -> sentence. */
export const mediaProcessorErrors = {
  MEDIA_CERTIFICATE_INVALID: 'The certificate for media is none.',
  MEDIA_PROCESS_FAILED: 'A media process did not start.',
} as const;

export type MediaProcessorErrorCode = keyof typeof mediaProcessorErrors;

/** What this package throws when the world fails. `cause` is the error underneath. */
export class MediaProcessorError extends Error {
  override readonly name = 'MediaProcessorError';
  readonly code: MediaProcessorErrorCode;
  readonly detail: string | undefined;

  /** @param detail what exactly, a sentence after the table's. */
  constructor(code: MediaProcessorErrorCode, detail?: string, cause?: unknown) {
    super(detail === undefined ? mediaProcessorErrors[code] : `${mediaProcessorErrors[code]} ${detail}`, { cause });
    this.code = code;
    this.detail = detail;
  }
}
