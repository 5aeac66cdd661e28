// What the merge shaders share, prepended to each. One merge of all layers at one step is one slot of the log; the words
// of a layer in a slot are: the slot's stamp, the number merged, a choice for each kernel, a similarity for each kernel.
// mergePlan.ts writes Layer; mergeSlot.ts writes Step and reads the log.

const NOT_TRIED = 0xffffffffu;  // choice: the coin did not fall
const MERGED = 0x80000000u;     // choice: set beside the partner's index where the pair merged
const NO_SIMILARITY = 0x7fc00000u;  // bits of a similarity that could not be computed (a NaN or infinite weight)
const HEADER = 2u;

struct Step {
  key: vec2u,      // fold(fold(key(seed), purpose), step)
  slot: u32,       // first word of the slot
  stamp: u32,      // tells this use of the slot from earlier ones
  coinBelow: u32,  // ceil(p * 2^24): a merge is tried where the 24-bit coin is below
  alpha: f32,
  beta: f32,       // 1 - alpha
  dissimilar: u32, // 1: merge below tau instead of above
}

struct Layer {
  layer: u32,      // 0-based index of the convolution in the network
  kernels: u32,    // n
  rows: u32,       // d = kh * kw * cin
  chunks: u32,     // partial sums per kernel
  chunkRows: u32,  // rows in one partial sum
  partials: u32,   // first partial sum of this layer
  log: u32,        // first word of this layer within a slot
  @size(228) tau: f32,  // padded so that an array of Layer can be bound one by one
}
