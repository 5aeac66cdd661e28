/** The answer of both networks about one image, asked again when the image, the runs or the class change. */
import { useEffect, useState } from 'react';
import type { StudioErrorData } from '../../base/errors.ts';
import type { RunKey } from '../../experiment/events.ts';
import type { Classified } from '../../store/look.ts';
import type { LookedImage } from '../../worker/lookProtocol.ts';
import { useLook, useStudio } from '../studioContext.ts';

export type Answer =
  | { readonly at: 'nothing' }
  /** `before` is the last answer about the same image. */
  | { readonly at: 'asking'; readonly before: Classified | null }
  | { readonly at: 'answered'; readonly answer: Classified }
  | { readonly at: 'refused'; readonly refusal: StudioErrorData };

interface Asked {
  readonly image: LookedImage;
  readonly runs: readonly RunKey[];
  readonly classIndex: number | null;
  readonly sha256: string | undefined;
}

export function useClassified(image: LookedImage | null, runs: readonly RunKey[], classIndex: number | null): Answer {
  const look = useLook();
  // Another dataset on the page may be the one that was missing.
  const sha256 = useStudio((state) => state.dataset?.sha256);
  const [known, setKnown] = useState<{ readonly asked: Asked; readonly answer: Answer } | null>(null);
  useEffect(() => {
    if (image === null) return undefined;
    let left = false;
    void look.ask({ what: 'classify', image, runs, classIndex }).then((looked) => {
      if (left) return;
      const answer: Answer =
        'refusal' in looked ? { at: 'refused', refusal: looked.refusal } : { at: 'answered', answer: looked.answer };
      setKnown({ asked: { image, runs, classIndex, sha256 }, answer });
    });
    return () => {
      left = true;
    };
  }, [look, image, runs, classIndex, sha256]);
  if (image === null) return { at: 'nothing' };
  if (known === null || known.asked.image !== image || known.asked.runs !== runs) return { at: 'asking', before: null };
  const { asked, answer } = known;
  if (asked.classIndex === classIndex && asked.sha256 === sha256) return answer;
  return { at: 'asking', before: answer.at === 'answered' ? answer.answer : null };
}
