/** SHA-256 of the sample of seed 0: a change here is a new sample, and old results no longer compare with new ones. */
export const sampleSha256 = 'dc87832807764ac811794bb9bf096bcec5e5623614c85d3a985e32e68b9a164a';
