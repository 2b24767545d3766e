import type { CallInternals } from '../call-internals.ts';
import { clientError } from '../communication-services-error.ts';
import { callFeature } from '../feature-registry.ts';
import type { CallSurvey, CallSurveyFeature, CallSurveyResponse, RatingScale, SurveyRating } from '../public/call-survey.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';

/** Stars, as ACS has them when nothing else is said. */
const fiveStars: RatingScale = { lowerBound: 1, upperBound: 5, lowScoreThreshold: 3 };
const ratingNames = ['overallRating', 'audioRating', 'videoRating', 'screenshareRating'] as const;

class CallSurveyFeatureOfCall implements CallSurveyFeature {
  readonly name = 'CallSurvey';
  private readonly call: CallInternals;

  constructor(call: CallInternals) {
    this.call = call;
  }

  /** Becomes a line of the call flow record, so that an opinion stands beside what happened. Rejects with `SURVEY_INVALID`. */
  async submitSurvey(survey: CallSurvey): Promise<CallSurveyResponse> {
    const ratings = ratingNames.flatMap((name) => (survey[name] === undefined ? [] : [[name, survey[name]] as const]));
    if (ratings.length === 0 || !ratings.every(([, rating]) => isWithinScale(rating))) throw clientError('SURVEY_INVALID');
    const summary = ratings.map(([name, { score, issues = [] }]) => `${name} ${score}${issues.length === 0 ? '' : ` (${issues.join(', ')})`}`).join('; ');
    this.call.reportFlow({ kind: 'clientDecision', what: 'call survey', why: summary.slice(0, 512) });
    return {
      ...survey,
      id: this.call.platform.randomUuid(),
      callId: this.call.callId(),
      localParticipantId: this.call.view()?.self.participantId ?? this.call.call.info.participantId,
    };
  }
}

export const callSurvey: CallFeatureFactory<CallSurveyFeature> = callFeature('CallSurvey', (call) => new CallSurveyFeatureOfCall(call));

function isWithinScale({ score, scale = fiveStars }: SurveyRating<string>): boolean {
  return Number.isFinite(score) && score >= scale.lowerBound && score <= scale.upperBound;
}
