//! A level on its scale, drawn.

use std::fmt::{self, Write};

use crate::diag::Measure;

const WIDTH: f64 = 300.0;

/// A bar from bad to excellent, with its value in words for those who do not see it.
pub(super) fn write(page: &mut String, measure: Measure) -> fmt::Result {
    let (quality, end) = (measure.quality(), measure.share() * WIDTH);
    writeln!(
        page,
        "<figure class=\"{quality}\">\n\
         <svg viewBox=\"0 0 {WIDTH} 14\" preserveAspectRatio=\"xMinYMid\" role=\"img\" aria-label=\"{measure}, {quality}\">\
         <rect class=\"scale\" width=\"{WIDTH}\" height=\"14\" rx=\"7\"/>\
         <rect class=\"level\" width=\"{end:.0}\" height=\"14\" rx=\"7\"/></svg>\n\
         <figcaption>{measure} · {quality}</figcaption>\n</figure>"
    )
}
