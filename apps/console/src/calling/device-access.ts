/** What keeps this page from a microphone or camera, or `undefined` when nothing does. */
export type AccessProblem = 'insecureContext' | 'noMicrophone' | 'noCamera' | 'microphoneDenied' | 'cameraDenied';

/** What the browser answered. */
export interface AccessAnswer {
  readonly isSecureContext: boolean;
  readonly wantsVideo: boolean;
  readonly audio: boolean;
  readonly video: boolean;
  /** Devices that exist, whether or not they may be used. */
  readonly microphones: number;
  readonly cameras: number;
}

/** The first thing to mend. */
export function accessProblem(answer: AccessAnswer): AccessProblem | undefined {
  if (!answer.isSecureContext) return 'insecureContext';
  if (!answer.audio) return answer.microphones === 0 ? 'noMicrophone' : 'microphoneDenied';
  if (answer.wantsVideo && !answer.video) return answer.cameras === 0 ? 'noCamera' : 'cameraDenied';
  return undefined;
}

/** What happened, and what to do about it. */
export const accessSentences: Readonly<Record<AccessProblem, string>> = {
  insecureContext: 'Browsers give microphone and camera to secure pages only. Open this server by its https:// address, and install its certificate authority first (see About).',
  noMicrophone: 'No microphone was found. You can call and listen; plug one in to be heard.',
  noCamera: 'No camera was found. You can call with sound alone.',
  microphoneDenied: 'This browser does not let the page use the microphone. Allow it with the symbol beside the address, then try again. Until then you are muted.',
  cameraDenied: 'This browser does not let the page use the camera, or another program holds it. Allow it with the symbol beside the address, then try again.',
};
