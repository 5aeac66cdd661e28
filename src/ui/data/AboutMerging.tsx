/** What merging is and how the two arms test it, for whoever asks once the first page is gone. */
import { Modal } from '../parts/Modal.tsx';
import { paperLink } from '../parts/terms.ts';
import { MergingSteps } from './MergingSteps.tsx';

export default function AboutMerging({ onClose }: { onClose: () => void }) {
  return (
    <Modal title="What merging does" wide onClose={onClose}>
      <div className="modal-body q2">
        <p>
          At every training step of the InMerge arm, in each convolution from L<sub>s</sub> on, before the images go through:
        </p>
      </div>
      <MergingSteps />
      <div className="modal-body q2">
        <p>
          Baseline does everything but this. Both arms begin at the same checkpoint, the backbone’s, and see the same batches, so
          what differs between them in the end comes from merging. Tests are made without merging.{' '}
          <a
            href={paperLink('selectively merging similar convolutional kernels')}
            target="_blank"
            rel="noreferrer"
            className="link"
          >
            The paper
          </a>
        </p>
      </div>
    </Modal>
  );
}
