// Lights a finding, example or point in the text and on the page's picture together. All else works without it.
(function () {
  "use strict";
  var lit = "lit";
  function light(key, on) {
    if (!key) return;
    document.querySelectorAll("[data-item]").forEach(function (part) {
      if (part.getAttribute("data-item") === key) part.classList.toggle(lit, on);
    });
  }
  function keyOf(event) {
    var part = event.target.closest ? event.target.closest("[data-item]") : null;
    return part ? part.getAttribute("data-item") : null;
  }
  [["mouseover", true], ["focusin", true], ["mouseout", false], ["focusout", false]].forEach(function (pair) {
    document.addEventListener(pair[0], function (event) { light(keyOf(event), pair[1]); });
  });
  var chosen = null;
  function follow() {
    document.querySelectorAll(".chosen").forEach(function (part) { part.classList.remove("chosen"); });
    chosen = decodeURIComponent(location.hash.slice(1)).replace(/^(on|about)-/, "");
    document.querySelectorAll("[data-item]").forEach(function (part) {
      if (part.getAttribute("data-item") === chosen) part.classList.add("chosen");
    });
    // What is opened from a search stands in the text; bring its place on the page into view beside it, or,
    // of a mere match or paragraph, the page that it begins on.
    var pictures = document.querySelector(".pictures");
    if (!pictures || location.hash.slice(1) !== chosen || pictures.scrollHeight <= pictures.clientHeight + 4) return;
    var mark = document.getElementById("on-" + chosen);
    var place = document.getElementById(chosen);
    var paragraph = place && place.closest("[data-page]");
    var page = !mark && paragraph && document.getElementById("page-" + paragraph.getAttribute("data-page"));
    if (!mark && !page) return;
    var above = mark ? pictures.clientHeight / 3 : 0;
    pictures.scrollTop += (mark || page).getBoundingClientRect().top - pictures.getBoundingClientRect().top - above;
  }
  window.addEventListener("hashchange", follow);
  follow();
  document.querySelectorAll("button.copy").forEach(function (button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(document.getElementById(button.getAttribute("data-copies")).textContent.trim())
        .then(function () { button.textContent = "Copied"; });
    });
  });
})();
