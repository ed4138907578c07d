"""Training of the text model: corpus, pretraining, finetuning, preference tuning, evaluation."""
