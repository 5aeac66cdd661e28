/** Two short lines that say what a card is set to. */
import { useMemo } from 'react';
import { tauText } from '../../recipe/arms.ts';
import { networkView } from '../../store/networkView.ts';
import type { CardName } from '../../store/recipeForm.ts';
import { compact, integer, plural } from '../numbers.ts';
import { Name } from '../parts/Name.tsx';
import { useStudio } from '../studioContext.ts';

export function CardSummary({ name }: { name: CardName }) {
  const recipe = useStudio((state) => state.recipe);
  const dataset = useStudio((state) => state.dataset);
  const network = useMemo(() => networkView(recipe, dataset), [recipe, dataset]);
  switch (name) {
    case 'data': {
      if (dataset === null) return <>No dataset yet</>;
      const { take } = recipe.dataset;
      const used = (['train', 'val', 'test'] as const).flatMap((split) => {
        const count = dataset.counts[split];
        return count === null ? [] : integer(Math.min(count, take[split] ?? Infinity));
      });
      const side = recipe.input.side ?? dataset.height;
      return (
        <>
          <Name text={dataset.title} longest={22} /> · {plural(dataset.classNames.length, 'class', 'classes')}
          <br />
          {used.join(' / ')} · {side} px
        </>
      );
    }
    case 'network':
      return (
        <>
          {network.title.replace('width × ', 'width\u00a0×\u00a0')}
          <br />
          {network.convolutions} convolutions
          {dataset !== null && ` · ${compact(network.parameters)} parameters`}
          {recipe.start.from === 'file' && (
            <>
              <br />
              from <Name text={recipe.start.name} longest={24} />
            </>
          )}
        </>
      );
    case 'training':
      return (
        <>
          SGD · batch {recipe.optimiser.batchSize} · {recipe.backbone.epochs} + {recipe.finetune.epochs} epochs
          <br />
          {plural(recipe.seeds.length, 'seed')}
        </>
      );
    case 'merging':
      return (
        <>
          α {recipe.merging.alpha.toFixed(2)} · τ {tauText(recipe.merging.tau)} · p {recipe.merging.p.toFixed(2)}
          <br />
          {network.merged} of {network.convolutions} layers
        </>
      );
  }
}
