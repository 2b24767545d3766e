/**
 * The `a=mid` (RFC 9143 §9) of each audio and video section of a description, in the order of the sections; null where a
 * section has none. In a first offer this is the order of the transceivers.
 */
export function sectionMids(sdp: string): Array<string | null> {
  return sdp
    .split(/\r?\n(?=m=)/)
    .filter((section) => /^m=(?:audio|video) /.test(section))
    .map((section) => /\na=mid:(\S+)/.exec(section)?.[1] ?? null);
}
