import type { EnvironmentInfo } from '../public/debug-info.ts';

/** A browser family: how its user agent names it, and its first version with everything this library uses. */
interface BrowserFamily {
  readonly name: string;
  readonly pattern: RegExp;
  /** Unified-plan transceivers, perfect negotiation (implicit rollback) and Web Locks. */
  readonly firstVersion: number;
}

/** In this order: Edge names Chrome, and Chrome names Safari. */
const families: readonly BrowserFamily[] = [
  { name: 'edge', pattern: /\bEdgA?(?:iOS)?\/(\d+)/, firstVersion: 90 },
  { name: 'firefox', pattern: /\b(?:Firefox|FxiOS)\/(\d+)/, firstVersion: 96 },
  { name: 'chrome', pattern: /\b(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/, firstVersion: 90 },
  { name: 'safari', pattern: /\bVersion\/(\d+)[\d.]* (?:Mobile\/\S+ )?Safari\//, firstVersion: 15 },
];

const platforms: ReadonlyArray<readonly [string, RegExp]> = [
  ['android', /Android/], ['ios', /iPhone|iPad|iPod/], ['windows', /Windows/], ['mac', /Mac OS X|Macintosh/], ['chromeos', /CrOS/], ['linux', /Linux/],
];

/** What a user agent string says, judged. Without one (Node) nothing but WebRTC itself counts. */
export function environmentInfo(userAgent: string | undefined, hasWebrtc: boolean): EnvironmentInfo {
  const family = families.find(({ pattern }) => pattern.test(userAgent ?? ''));
  const version = family?.pattern.exec(userAgent ?? '')?.[1];
  const platform = platforms.find(([, pattern]) => pattern.test(userAgent ?? ''))?.[0];
  const isNode = (userAgent === undefined || userAgent.startsWith('Node.js/')) && hasWebrtc;
  const isSupportedBrowser = isNode || (family !== undefined && hasWebrtc);
  const isSupportedBrowserVersion = isNode || (isSupportedBrowser && Number(version) >= (family?.firstVersion ?? 0));
  const isSupportedPlatform = isNode || platform !== undefined;
  return {
    environment: { platform: platform ?? 'unknown', browser: family?.name ?? 'unknown', browserVersion: version ?? 'unknown' },
    isSupportedPlatform,
    isSupportedBrowser,
    isSupportedBrowserVersion,
    isSupportedEnvironment: isSupportedPlatform && isSupportedBrowser && isSupportedBrowserVersion,
  };
}
