/** What stands in place of a codec's number in descriptors: the two laws of ITU-T G.711 have no state. 64 kbit/s at 8,000 Hz, one byte for each sample. */
export const g711Law = { muLaw: 0, aLaw: 1 } as const;
