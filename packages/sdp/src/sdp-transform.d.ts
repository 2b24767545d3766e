/** The part of sdp-transform that is used here; the package has no types of its own. What its grammar reads as a number is one only if it reads back the same. */
declare module 'sdp-transform' {
  type Word = string | number;

  interface TransportLines {
    iceUfrag?: Word;
    icePwd?: Word;
    icelite?: string;
    iceOptions?: Word;
    fingerprint?: { type?: Word; hash?: Word };
    setup?: Word;
    direction?: string;
  }

  interface MediaLines extends TransportLines {
    type: string;
    port: Word;
    protocol: string;
    payloads?: Word;
    connection?: { version: number; ip: string };
    mid?: Word;
    bundleOnly?: string;
    rtcpMux?: string;
    rtcpRsize?: string;
    rtcp?: { port: Word; netType?: Word; ipVer?: Word; address?: Word };
    ptime?: Word;
    maxptime?: Word;
    crypto?: Array<{ id: Word; suite: Word; config: Word; sessionConfig?: Word }>;
    rtp: Array<{ payload: Word; codec: Word; rate?: Word; encoding?: Word }>;
    fmtp: Array<{ payload: Word; config: Word }>;
    rtcpFb?: Array<{ payload: Word; type: Word; subtype?: Word | undefined }>;
    ext?: Array<{ value: Word; direction?: Word | undefined; uri: Word }>;
    rids?: Array<{ id: Word; direction: Word }>;
    simulcast?: { dir1: string; list1: Word; dir2?: string; list2?: Word };
    ssrcs?: Array<{ id: Word; attribute?: Word; value?: Word }>;
    ssrcGroups?: Array<{ semantics: Word; ssrcs: Word }>;
    msid?: Array<{ id: Word; appdata?: Word }>;
    candidates?: Array<{ foundation: Word; component: number; transport: string; priority: number; ip: string; port: number; type: string }>;
    endOfCandidates?: string;
  }

  interface SessionLines extends TransportLines {
    version?: Word;
    origin?: { username: Word; sessionId: Word; sessionVersion: Word; netType: Word; ipVer: Word; address: Word };
    name?: Word;
    connection?: { version: number; ip: string };
    timing?: { start: number; stop: number };
    groups?: Array<{ type: Word; mids: Word }>;
    msidSemantic?: { semantic: string; token: string };
    media: MediaLines[];
  }

  export function parse(sdp: string): SessionLines;
  export function write(session: SessionLines): string;
  export type { MediaLines, SessionLines, TransportLines, Word };
}
