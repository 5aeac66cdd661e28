/** The way out of the studio: filled where it is the next step, when nothing runs and no more seeds are offered. */
import { isTrained, moreSeeds } from '../../store/moreSeeds.ts';
import { usePage } from '../pageContext.ts';
import { useStudio } from '../studioContext.ts';

export function ExportButton() {
  const next = useStudio((state) => isTrained(state) && moreSeeds(state) === null);
  const { setDialog } = usePage();
  return (
    <button type="button" className={next ? 'btn btn-28 btn-fill' : 'btn btn-28'} onClick={() => setDialog('export')}>
      Export results
    </button>
  );
}
