"""Themes and tone of case examples."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miner.corpus import ROOT
from miner.records import Classified, ThemeScore

EXAMPLES = ROOT / "models" / "examples.jsonl"

THEMES: dict[str, tuple[str, str]] = {
    "assessment": ("Assessment", "Finding out about the case and understanding it."),
    "planning": ("Planning", "Plans for intervention, risk and vulnerability."),
    "review": ("Review", "Reviewing assessments and plans."),
    "management_oversight": ("Management oversight", "What managers did about the work."),
    "multi_agency": ("Multi-agency work", "Work with other agencies."),
    "victims": ("Victims", "Victims' safety and wishes, restorative justice."),
    "safeguarding": ("Safeguarding", "The child's own safety and vulnerability."),
    "risk_of_harm": ("Risk of harm to others", "The danger the young person poses to others."),
    "engagement": ("Engagement", "Involving and motivating the child and the carers."),
    "diversity": ("Diversity", "Diverse needs and barriers to taking part."),
    "health": ("Health", "Physical, mental and emotional health, substance misuse."),
    "education": ("Education", "School, college, training and work."),
    "family": ("Family", "Parents, carers, siblings and home life."),
    "compliance": ("Compliance", "Attendance, warnings, breach, enforcement."),
    "court_reports": ("Court reports", "Pre-sentence and other reports."),
    "placement": ("Placement", "Accommodation, care, looked after children."),
    "exploitation": ("Exploitation", "Sexual or criminal exploitation, gangs."),
    "reoffending": ("Reoffending", "Interventions against offending, desistance."),
}


@dataclass(slots=True)
class ThemeModel:
    vectorizer: Any
    themes: Any
    tone: Any
    digest: str

    def classify(self, texts: Sequence[str]) -> list[Classified]:
        """Themes and tone of each text, all in one call."""
        if not texts:
            return []
        features = self.vectorizer.transform(texts)
        scores, tones = self.themes.predict_proba(features), self.tone.predict_proba(features)
        names = list(THEMES)
        return [
            Classified(
                tuple(ThemeScore(names[i], round(float(s), 3)) for i, s in enumerate(row) if s >= 0.35),
                str(self.tone.classes_[tone.argmax()]),
                round(float(tone.max()), 3),
            )
            for row, tone in zip(scores, tones, strict=True)
        ]

    def description(self) -> dict[str, str]:
        return {"training_texts_sha256": self.digest}


def load_or_train(tell: Callable[[str], None]) -> ThemeModel:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    data = Path(EXAMPLES).read_bytes()
    rows = [json.loads(line) for line in data.decode().splitlines()]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    features = vectorizer.fit_transform([row["text"] for row in rows])
    targets = [[int(theme in row["themes"]) for theme in THEMES] for row in rows]
    import numpy

    themes = OneVsRestClassifier(LogisticRegression(C=10, class_weight="balanced")).fit(features, numpy.array(targets))
    tone = LogisticRegression(C=10, class_weight="balanced").fit(features, [row["tone"] for row in rows])
    return ThemeModel(vectorizer, themes, tone, hashlib.sha256(data).hexdigest())
