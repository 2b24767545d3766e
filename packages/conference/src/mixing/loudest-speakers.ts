/** Who may be heard: one source of sound in a mix. */
export interface SpeakerCandidate {
  /** How loud it is now, in the measure of RFC 6464: 0 (loudest) to 127 (silence). */
  readonly level: number;
  readonly loudness: Loudness;
}

/** Louder than this is a voice. */
const audibleLevel = 60;
/** Frames of 20 ms that a speaker may be silent for without leaving: pauses between words. */
const pauseFrames = 40;
/** How much of the new level a frame of it brings in, when it is louder and when it is not. */
const attack = 0.4;
const release = 0.04;
/** By how many dB one has to be louder than a speaker to take its place. */
const lead = 6;

/** How loud a candidate has been lately, and for how long it still counts as one who speaks. */
export class Loudness {
  /** dB above silence, smoothed. */
  score = 0;
  private framesLeft = 0;

  note(level: number): void {
    const loudness = 127 - level;
    this.score += (loudness - this.score) * (loudness > this.score ? attack : release);
    this.framesLeft = level < audibleLevel ? pauseFrames : Math.max(0, this.framesLeft - 1);
  }

  /** Speaks, or pauses for a moment. */
  get isSpeaking(): boolean {
    return this.framesLeft > 0;
  }
}

/**
 * The candidates that are mixed: those who speak, at most `most` of them, the loudest. Whoever begins to speak while there is room is in with that very frame. A full
 * set changes only for somebody who is clearly louder, so that it does not flicker.
 */
export class LoudestSpeakers<Candidate extends SpeakerCandidate> {
  private readonly most: number;
  private readonly speakers = new Set<Candidate>();

  constructor(most: number) {
    this.most = most;
  }

  /** Takes the levels of one frame of everybody. @returns Who is mixed in it. */
  select(candidates: Iterable<Candidate>): ReadonlySet<Candidate> {
    for (const candidate of candidates) {
      candidate.loudness.note(candidate.level);
      if (!candidate.loudness.isSpeaking) this.speakers.delete(candidate);
    }
    for (const candidate of candidates) if (candidate.loudness.isSpeaking && !this.speakers.has(candidate)) this.consider(candidate);
    return this.speakers;
  }

  remove(candidate: Candidate): void {
    this.speakers.delete(candidate);
  }

  private consider(candidate: Candidate): void {
    if (this.speakers.size >= this.most) {
      const quietest = this.quietest();
      if (quietest === undefined || candidate.loudness.score < quietest.loudness.score + lead) return;
      this.speakers.delete(quietest);
    }
    this.speakers.add(candidate);
  }

  private quietest(): Candidate | undefined {
    let quietest: Candidate | undefined;
    for (const speaker of this.speakers) if (quietest === undefined || speaker.loudness.score < quietest.loudness.score) quietest = speaker;
    return quietest;
  }
}
